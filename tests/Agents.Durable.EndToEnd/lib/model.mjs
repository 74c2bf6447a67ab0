// A model that must be paid: chat completions as OpenAI speaks them, streamed, the n-th turn for a conversation with n answers in it.
import { createServer } from 'node:http';

export class Model {
  // turns: [{ deltas: [text], calls: [{ name, arguments }] }]; `pace` is the time between two deltas.
  static async start(turns, { pace = 4 } = {}) {
    const model = new Model();
    Object.assign(model, { turns, requests: [] });
    model.server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const body = JSON.parse(text);
      const number = body.messages.filter(m => m.role === 'assistant').length;
      model.requests.push(number);
      const turn = turns[number];
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

  // How often each turn was asked for.
  paid() { return this.turns.map((_, n) => this.requests.filter(r => r === n).length); }

  stop() { this.server.closeAllConnections(); return new Promise(resolve => this.server.close(resolve)); }
}
