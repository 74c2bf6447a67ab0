// A model that must be paid: chat completions as OpenAI speaks them, streamed; the n-th turn for a conversation with n answers in it.
// The first user message names the run ("run-x ..."), so that one model serves many runs and counts for each.
import { createServer } from 'node:http';
import { whole } from './whole.mjs';

export class Model {
  // While `gate` is a promise, answers wait for it before they begin.
  // turns(run): [{ deltas: [text], calls: [{ name, arguments }] }]; `pace` is the time between two deltas in ms.
  static async start(turns, { pace = 4 } = {}) {
    const model = new Model();
    Object.assign(model, { turns, requests: [], gate: null });
    model.server = createServer(async (request, response) => {
      const text = await whole(request);
      if (text === null) return;
      const body = JSON.parse(text);
      const number = body.messages.filter(m => m.role === 'assistant').length;
      const run = /run-[a-z0-9]+/.exec(JSON.stringify(body.messages.find(m => m.role === 'user')))[0];
      model.requests.push({ run, number });
      await model.gate;
      const turn = turns(run)[number];
      if (!turn) { response.writeHead(400).end(JSON.stringify({ error: { message: `no turn ${number}` } })); return; }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = choice => response.write(`data: ${JSON.stringify({ id: `c-${number}`, object: 'chat.completion.chunk', created: 0, model: 'm', choices: [{ index: 0, finish_reason: null, delta: {}, ...choice }] })}\n\n`);
      for (const content of turn.deltas ?? []) {
        send({ delta: { role: 'assistant', content } });
        await new Promise(resolve => setTimeout(resolve, pace));
      }
      (turn.calls ?? []).forEach((call, index) => send({
        delta: { tool_calls: [{ index, id: `call_${number}_${index}`, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.arguments) } }] },
      }));
      send({ finish_reason: turn.calls?.length ? 'tool_calls' : 'stop' });
      response.end('data: [DONE]\n\n');
    });
    await new Promise(resolve => model.server.listen(0, '127.0.0.1', resolve));
    model.url = `http://127.0.0.1:${model.server.address().port}/v1`;
    return model;
  }

  // How often each turn of a run was asked for.
  paid(run) { return this.turns(run).map((_, n) => this.requests.filter(r => r.run === run && r.number === n).length); }

  stop() { this.server.closeAllConnections(); return new Promise(resolve => this.server.close(resolve)); }
}
