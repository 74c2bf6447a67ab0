// The remote agents of a storm, played here: an asynchronous one that answers events with messages, live through the stream intake as Agentex's SDK does it,
// and a synchronous one. When killed they lose everything but what they did to the outside: the messages they posted, and which events they have handled.
import { createServer } from 'node:http';
import { freePort } from '../lib/host.mjs';
import { append } from '../lib/resp.mjs';
import { whole } from '../lib/whole.mjs';
import { Dice } from './dice.mjs';
import { pause } from './system.mjs';

export class RemoteAgent {
  constructor(system, name, type, seed) {
    Object.assign(this, { system, name, type, dice: new Dice(seed, name), life: 0, calls: [], handled: new Map(), answers: [], written: [], busy: 0, lanes: new Map() });
  }

  static async start(system, name, type, seed) {
    const agent = new RemoteAgent(system, name, type, seed);
    agent.port = await freePort();
    await agent.revive();
    return agent;
  }

  get gateway() { return this.dice.one(this.system.gateways); }

  // As by `kill -9`: connections break, whatever was under way stops at its next step.
  kill() {
    this.life++;
    this.busy = 0;
    this.server.close();
    this.server.closeAllConnections();
  }

  async revive() {
    const life = ++this.life;
    this.lanes = new Map();
    this.server = createServer((request, response) => this.#serve(request, response, life).catch(error => { if (!(error instanceof Dead)) throw error; }));
    await new Promise((resolve, reject) => this.server.once('error', reject).listen(this.port, '127.0.0.1', resolve));
    const answer = await this.system.persist(() => this.system.ask(this.gateway, 'POST', '/agents/register', {
      name: this.name, description: 'Played by a storm', acp_url: `http://127.0.0.1:${this.port}`, acp_type: this.type,
    }));
    if (answer.status !== 200) throw new Error(`Not registered: ${answer.text}`);
    this.id = answer.json.id;
  }

  async #serve(request, response, life) {
    if (request.method === 'GET') { response.end('{"status":"healthy"}'); return; }
    const text = await whole(request);
    if (text === null || life !== this.life) return;
    const { method, id, params } = JSON.parse(text);
    const call = { method, task: params.task.id, event: params.event?.id, seq: params.event?.sequence_id, text: (params.event ?? params).content?.content, attempt: Number(request.headers['x-delivery-attempt'] ?? 1), acked: false };
    this.calls.push(call);
    if (method === 'message/send') { await this.#speak(call, id, response, life); return; }
    // One event of a task after the other: what was acknowledged and not handled is at most one.
    if (method === 'event/send') await this.#lane(call.task);
    if (life !== this.life) return;
    if (/refuse/.test(call.text ?? '')) { response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32603, message: 'not this one' } })); return; }
    // Before it acknowledges it says that it is at it, so that whoever asks whether an event was handled finds the open message.
    const handles = method === 'event/send' && !this.handled.has(call.event);
    const message = handles ? await this.#begin(call, life) : null;
    const answer = JSON.stringify({ jsonrpc: '2.0', id, result: method === 'task/create' ? null : { status: 'processing' } });
    await new Promise(resolve => response.writeHead(200, { 'content-type': 'application/json' }).end(answer, resolve).once('close', resolve));
    call.acked = true;
    if (method === 'event/send' && !handles) this.handled.get(call.event).again++;
    if (handles && life === this.life) this.lanes.set(call.task, this.#handle(call, message, life).catch(error => { if (!(error instanceof Dead)) throw error; }));
  }

  #lane(task) { return this.lanes.get(task) ?? Promise.resolve(); }

  // A streamed answer; with the word "fail" in the question it ends with an error.
  async #speak(call, id, response, life) {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const send = result => { if (life !== this.life) throw new Dead(); response.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`); };
    const words = wordsOf(call.text);
    send({ type: 'start', index: 0, content: { type: 'text', author: 'agent', content: '' } });
    for (const word of words) {
      await pause(this.dice.between(0, 60));
      send({ type: 'delta', index: 0, delta: { type: 'text', text_delta: word } });
    }
    if (/fail/.test(call.text)) { response.end(`${JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32603, message: 'no more' } })}\n`); return; }
    send({ type: 'done', index: 0 });
    response.end();
  }

  async #handle(call, message, life) {
    this.busy++;
    try {
      await this.#answer(call, message, life);
      this.handled.set(call.event, { text: call.text, again: 0 });
    } finally {
      if (life === this.life) this.busy--;
    }
  }

  async #begin(call, life) {
    const begun = await this.#rest(life, 'POST', '/messages', { task_id: call.task, content: content(''), streaming_status: 'IN_PROGRESS' });
    if (begun.status !== 200) throw new Error(`POST /messages answered ${begun.status}: ${begun.text}`);
    return begun.json;
  }

  async #answer(call, message, life) {
    const words = wordsOf(call.text);
    let told = await this.#tell(life, call.task, [{ type: 'start', parent_task_message: message, content: content('') }]);
    for (const word of words) {
      await pause(this.dice.between(0, 40));
      told = await this.#tell(life, call.task, [{ type: 'delta', parent_task_message: message, delta: { type: 'text', text_delta: word } }]) && told;
    }
    const done = { ...message, content: content(words.join('')), streaming_status: 'DONE' };
    told = await this.#tell(life, call.task, [{ type: 'done', parent_task_message: done }]) && told;
    await this.#rest(life, 'PUT', `/messages/${message.id}`, { task_id: call.task, content: done.content, streaming_status: 'DONE' });
    this.answers.push({ task: call.task, id: message.id, text: words.join(''), told });
  }

  async #rest(life, method, path, body) {
    const answer = await this.system.persist(() => {
      if (life !== this.life) throw new Dead();
      return this.system.ask(this.gateway, method, path, body);
    });
    if (life !== this.life) throw new Dead();
    return answer;
  }

  // Live output is not repeated: whether it was taken.
  async #tell(life, task, updates) {
    if (life !== this.life) throw new Dead();
    const from = Date.now();
    try {
      await append(this.gateway.streamPort, task, updates);
      this.written.push(...updates.map(update => ({ task, update })));
      return true;
    } catch (error) {
      if (!this.system.wasDown(from, Date.now())) this.system.fault(`XADD for ${task} failed although nothing was down: ${error.message}`);
      return false;
    }
  }
}

const content = text => ({ type: 'text', author: 'agent', content: text });

// The process that should go on is gone.
class Dead extends Error {}

// What the agents answer, in pieces: it follows from the question.
export function wordsOf(text) {
  const dice = new Dice(text);
  return [`to ${text}: `, ...Array.from({ length: 1 + dice.below(6) }, (_, i) => `w${i} `)];
}
