// A remote agent as a process of its own: `node agent.mjs URL NAME TYPE PORT MODE`, which registers and then answers ACP calls. It tells what it is sent on
// standard output, a line of JSON each, an event once its acknowledgement has left the process, so that a kill that waited for the line does not take it
// back. Modes: `work` acknowledges an event and answers it with a message, `lose` only acknowledges, `hold` does not even that. A synchronous one says a word
// for each line that comes on standard input, and is done with the line "done".
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './host.mjs';
import { until } from './cases.mjs';

// The test's side of it.
export class Agent {
  static async create(host, name, type) {
    return Object.assign(new Agent(), { host, name, type, port: await freePort(), received: [] });
  }

  // Resolves once it is registered.
  async start(mode = 'work') {
    this.process = spawn('node', [fileURLToPath(import.meta.url), this.host.url, this.name, this.type, `${this.port}`, mode], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.registered = false;
    createInterface({ input: this.process.stdout }).on('line', line => {
      const said = JSON.parse(line);
      if (said.registered) this.registered = true; else this.received.push(said);
    });
    await until('the agent to register', () => this.registered);
    return this;
  }

  say(line) { this.process.stdin.write(`${line}\n`); }

  // The texts of events, each with the attempt that its header told.
  get events() { return this.received.filter(r => r.method === 'event/send').map(r => [r.text, Number(r.attempt ?? 1)]); }

  // Waits until as many events have come in all, each of them settled on the agent's side.
  heard(count) { return until(`${count} events to reach the agent`, () => this.events.length >= count); }

  kill() {
    const exited = new Promise(resolve => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    return exited;
  }

  stop() { return this.process?.exitCode === null && this.process.signalCode === null ? this.kill() : undefined; }
}

async function main([url, name, type, port, mode]) {
  const post = (path, body, headers = {}) => fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  const tell = what => console.log(JSON.stringify(what));
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  let answered = Promise.resolve();
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') { response.end('ok'); return; }
    let text = '';
    for await (const chunk of request) text += chunk;
    const { method, id, params } = JSON.parse(text);
    const content = (params.event ?? params).content?.content;
    const heard = () => tell({ method, text: content, attempt: request.headers['x-delivery-attempt'] });
    if (method === 'message/send') {
      heard();
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      const send = result => response.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
      send({ type: 'start', index: 0, content: { type: 'text', author: 'agent', content: '' } });
      for (let { value } = await lines.next(); value !== 'done'; { value } = await lines.next()) send({ type: 'delta', index: 0, delta: { type: 'text', text_delta: value } });
      send({ type: 'done', index: 0 });
      response.end();
      return;
    }
    if (mode === 'hold' && method === 'event/send') { heard(); return; }
    const answer = JSON.stringify({ jsonrpc: '2.0', id, result: { status: 'processing' } });
    await new Promise(resolve => response.writeHead(200, { 'content-type': 'application/json' }).end(answer, resolve));
    heard();
    if (mode === 'work' && method === 'event/send') {
      // One after another, in the order in which they were acknowledged.
      answered = answered.then(() => post('/messages', { task_id: params.task.id, content: { type: 'text', author: 'agent', content: `answer to ${content}` }, streaming_status: 'DONE' }));
    }
  });
  // As agents of the SDK do: it registers while it starts, and listens when it has. So whatever was sent before it registered went to the process before it.
  const answer = await post('/agents/register', { name, description: 'A process', acp_url: `http://127.0.0.1:${port}`, acp_type: type });
  if (!answer.ok) throw new Error(`Not registered: ${answer.status} ${await answer.text()}`);
  server.listen(Number(port), '127.0.0.1', () => tell({ registered: true }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
