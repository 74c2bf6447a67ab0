// One task of a storm: what its clients do, chosen by the seed, what they were answered, and who watches.
import { randomUUID } from 'node:crypto';
import { EventViewer } from '../lib/sse.mjs';
import { Viewer } from '../lib/viewer.mjs';
import { Dice } from './dice.mjs';
import { pause } from './system.mjs';

const weights = {
  react: { event: 5, unnamed: 1, again: 2, pair: 1, interrupt: 1, stop: 1, create: 1, note: 1, look: 1, wrong: 1, wait: 2, reopen: 1 },
  async: { event: 5, unnamed: 1, again: 2, pair: 1, stop: 1, create: 1, note: 1, look: 1, wrong: 1, refused: 0.5, wait: 2, reopen: 1 },
  sync: { speak: 4, leave: 2, plain: 3, plainLeave: 1, note: 1, look: 1, create: 1, wrong: 1, failing: 0.3, wait: 2 },
};
const rpcEnds = ['cancel'];
const restEnds = ['complete', 'fail', 'terminate', 'cancel', 'timeout'];

export class Conversation {
  constructor(system, kind, agent, number, seed, length) {
    Object.assign(this, {
      system, kind, agent, length, number, dice: new Dice(seed, kind, number), run: `run-${kind[0]}${number}`, name: `${kind}-${number}-${randomUUID()}`,
      steps: [], said: 0, events: [], statuses: [], notes: [], spoken: [], viewers: [], looked: [], mayFail: false,
    });
  }

  get gateway() { return this.dice.one(this.system.gateways); }

  rpc(method, params, options) { return this.system.rpc(this.gateway, this.agent, method, params, options); }

  // What happened here, for whoever looks for the cause of a fault.
  get story() {
    const { task, run, way, steps, events, statuses, notes, spoken } = this;
    const frames = (this.fresh ?? this.steady)?.frames.map(f => `  ${f.from ? `${f.from}..` : ''}${f.seq} ${f.at} ${f.call_id ?? ''}/${f.attempt ?? ''} ${JSON.stringify(f.update).slice(0, 400)}`) ?? [];
    return [`== ${run} ${task?.id}, ended by ${way}`, JSON.stringify({ steps, events, statuses, notes, spoken }), ...frames].join('\n');
  }

  fault(text) { this.faulty = true; this.system.fault(`${this.run} (${this.task?.id}): ${text}`); }

  text(more = '') { return `${this.run} says ${this.said++}${more}`; }

  async live() {
    await this.create();
    if (!this.task) return;
    this.watch();
    for (let step = 0; step < this.length && !this.over; step++) {
      await pause(this.dice.between(0, 500));
      this.step = this.dice.weighed(weights[this.kind]);
      this.steps.push(`${new Date().toISOString().slice(17)} ${this.step}`);
      await this[this.step]();
      this.come();
    }
  }

  // --- what clients do

  async create() {
    const known = this.task?.id;
    const answer = await this.system.persist(() => this.rpc('task/create', { name: this.name, params: this.dice.chance(0.5) ? { n: this.number } : undefined }));
    if (answer.lost) return;
    // An asynchronous agent that is away refuses the task, which has failed then; asked again, it takes it.
    if (answer.json.error) {
      if (this.kind !== 'async') { this.fault(`task/create answered ${answer.text}`); return; }
      this.mayFail = true;
      await pause(300);
      if ((this.tries = (this.tries ?? 0) + 1) < 100) { await this.create(); return; }
      this.fault(`task/create answered ${answer.text}`);
      return;
    }
    if (known && answer.json.result.id !== known) this.fault(`task/create by its name made another task, ${answer.json.result.id}`);
    this.task = answer.json.result;
    if (this.over && this.task.status === 'RUNNING') this.over = null;
  }

  event() { return this.#send(this.text(), randomUUID()); }

  unnamed() { return this.#send(this.text(), null); }

  refused() { return this.#send(this.text(' refuse'), randomUUID()); }

  // The same twice, one after the other or at once.
  async again() {
    const [text, key] = [this.text(), randomUUID()];
    if (this.dice.chance(0.5)) await Promise.all([this.#send(text, key), this.#send(text, key)]);
    else { await this.#send(text, key); await this.#send(text, key); }
  }

  // At the same time, so in any order among each other.
  async pair() {
    const place = this.events.length;
    await Promise.all([this.#send(this.text(), randomUUID(), place), this.#send(this.text(), randomUUID(), place)]);
  }

  async #send(text, key, place = this.events.length) {
    const send = () => this.rpc('event/send', { task_id: this.task.id, content: { type: 'text', author: 'user', content: text } }, { headers: key ? { 'idempotency-key': key } : {} });
    const known = this.events.find(e => e.text === text);
    const event = known ?? { text, place, open: 0 };
    if (!known) this.events.push(event);
    event.open++;
    const answer = key ? await this.system.persist(send) : await send();
    event.open--;
    if (answer.lost || answer.status >= 500) { event.unsure = true; return; }
    if (answer.json?.error) {
      event.error = answer.json.error.message;
      if (/refuse/.test(text)) event.stays = true;
      else if (/takes no more events/.test(event.error)) this.over ??= 'said so';
      else this.fault(`event/send answered ${answer.text}`);
      if (answer.unsure) event.unsure = true;
      return;
    }
    if (answer.status !== 200) { this.fault(`event/send answered ${answer.status}: ${answer.text}`); return; }
    const { id } = answer.json.result;
    if (event.id && event.id !== id) this.fault(`one key made two events, ${event.id} and ${id}`);
    event.id = id;
    event.seq = answer.json.result.sequence_id;
  }

  async interrupt() {
    const answer = this.dice.chance(0.5)
      ? await this.rpc('task/interrupt', { task_id: this.task.id })
      : await this.system.ask(this.gateway, 'POST', `/tasks/${this.task.id}/interrupt`, {});
    this.#note('interrupt', answer);
  }

  // Together with an event, in any order.
  async stop() {
    await Promise.all([this.kind === 'react' ? this.interrupt() : this.look(), this.#send(this.text(), randomUUID())]);
  }

  // A person's message, and a correction of it.
  async note() {
    const content = text => ({ type: 'text', author: 'user', content: text });
    const text = `${this.run} notes ${this.notes.length}`;
    const made = await this.system.ask(this.gateway, 'POST', '/messages', { task_id: this.task.id, content: content(text) });
    if (made.lost || made.status >= 500) { this.notes.push({ text, unsure: true }); return; }
    if (made.status !== 200) { this.fault(`POST /messages answered ${made.status}: ${made.text}`); return; }
    const note = { text, id: made.json.id };
    this.notes.push(note);
    if (this.dice.chance(0.5)) {
      const corrected = `${text}, corrected`;
      const answer = await this.system.persist(() => this.system.ask(this.gateway, 'PUT', `/messages/${note.id}`, { task_id: this.task.id, content: content(corrected) }));
      if (answer.status !== 200) this.fault(`PUT /messages answered ${answer.status}: ${answer.text}`);
      note.text = corrected;
    }
  }

  async look() {
    const answer = await this.system.ask(this.gateway, 'GET', `/tasks/${this.task.id}`);
    this.#note('look', answer);
  }

  // What is no request, or is for nobody.
  async wrong() {
    const content = { type: 'text', author: 'user', content: `${this.run} wrong` };
    const [answer, wanted] = this.dice.chance(0.5)
      ? [await this.rpc('event/send', { task_id: this.task.id, content: { ...content, author: 'nobody' } }), 422]
      : [await this.rpc(this.kind === 'sync' ? 'message/send' : 'event/send', { task_id: randomUUID(), content }), 200];
    if (!answer.lost && answer.status < 500 && (answer.status !== wanted || (wanted === 200 && !answer.json.error))) this.fault(`a wrong request was answered ${answer.status}: ${answer.text}`);
  }

  wait() { return pause(this.dice.between(200, 1500)); }

  // Failed by a person, and asked to go on.
  async reopen() {
    this.mayFail = true;
    const answer = await this.system.persist(() => this.system.ask(this.gateway, 'POST', `/tasks/${this.task.id}/fail`, { reason: 'for a try' }));
    this.#note('fail', answer);
    await this.create();
  }

  // --- synchronous agents

  async speak(more = '', leaveAfter = Infinity) {
    const text = this.text(more);
    const spoken = { text, lines: [], whole: false };
    this.spoken.push(spoken);
    const leaving = new AbortController();
    const from = Date.now();
    try {
      const response = await fetch(`${this.gateway.url}/agents/name/${this.agent}/rpc`, {
        method: 'POST', headers: { 'content-type': 'application/json' }, signal: leaving.signal,
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'message/send', params: { task_id: this.task.id, stream: true, content: { type: 'text', author: 'user', content: text } } }),
      });
      if (response.status >= 500 && !this.system.wasDown(from, Date.now())) this.fault(`message/send answered ${response.status}: ${await response.text()}`);
      if (response.status !== 200) { spoken.unsure = true; return; }
      let rest = '';
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop();
        spoken.lines.push(...lines.filter(Boolean).map(line => JSON.parse(line.replace(/^data: /, ''))));
        if (spoken.lines.length >= leaveAfter) { leaving.abort(); spoken.left = true; return; }
      }
      const failed = spoken.lines.find(line => line.error);
      if (failed) {
        this.mayFail = true;
        spoken.failed = failed.error.message;
        if (!/fail/.test(text) && !this.system.wasDown(from, Date.now())) this.fault(`message/send was answered by an error although nothing was down: ${spoken.failed}`);
      }
      spoken.whole = !failed && spoken.lines.at(-1)?.result?.type === 'done';
    } catch (error) {
      if (leaving.signal.aborted) return;
      spoken.unsure = true;
      if (!this.system.wasDown(from, Date.now())) this.fault(`message/send was cut although nothing was down: ${error.cause ?? error}`);
    }
  }

  leave() { return this.speak('', 1 + this.dice.below(3)); }

  failing() { return this.speak(' fail'); }

  async plain(signal) {
    const text = this.text();
    const spoken = { text, plain: true };
    this.spoken.push(spoken);
    const from = Date.now();
    const answer = await this.rpc('message/send', { task_id: this.task.id, content: { type: 'text', author: 'user', content: text } }, { signal });
    if (answer.lost || answer.status >= 500) { spoken.unsure = true; return; }
    if (answer.json.error) {
      spoken.failed = answer.json.error.message;
      if (!this.system.wasDown(from, Date.now())) this.fault(`message/send answered an error although nothing was down: ${answer.text}`);
      return;
    }
    spoken.whole = true;
    spoken.result = answer.json.result;
  }

  plainLeave() { return this.plain(AbortSignal.timeout(5 + this.dice.below(150))); }

  // --- the end

  // By the seed, one of the ways to end a task; then whatever is still open is completed.
  async end() {
    if (!this.task) return;
    const way = this.dice.one(['rpc cancel', 'complete', 'terminate', 'cancel', 'fail', 'complete', 'none']);
    if (way === 'rpc cancel' && this.kind !== 'sync') this.#note('cancel', await this.system.persist(() => this.rpc('task/cancel', { task_id: this.task.id })));
    else if (way !== 'none') this.#note(way, await this.system.persist(() => this.system.ask(this.gateway, 'POST', `/tasks/${this.task.id}/${way.replace('rpc ', '')}`, {})));
    this.way = way;
    await this.look();
    if (['RUNNING', 'INTERRUPTED'].includes(this.statuses.at(-1).status)) {
      this.#note('complete', await this.system.persist(() => this.system.ask(this.gateway, 'POST', `/tasks/${this.task.id}/complete`, {})));
    }
  }

  #note(what, answer) {
    if (answer.lost || answer.status >= 500) return;
    const error = answer.json?.error ?? (answer.status !== 200 ? answer.text : null);
    const status = answer.json?.result?.status ?? answer.json?.status;
    if (error && !/not running|cannot be transitioned|no longer|ConnectError|connect|attempts failed|Server disconnected/i.test(JSON.stringify(error))) this.fault(`${what} answered ${answer.text}`);
    this.statuses.push({ what, status, error, at: Date.now() });
    if (!error && ['COMPLETED', 'CANCELED', 'TERMINATED', 'TIMED_OUT', 'FAILED', 'DELETED'].includes(status)) this.over = status;
  }

  // --- those who watch

  get url() { return this.gateway.url; }

  watch() {
    this.steady = new Viewer(this.system.gateways[0].url, this.task.id);
    this.viewers.push(this.steady);
    for (let more = this.dice.below(3); more > 0; more--) this.#join();
  }

  #join() {
    if (this.dice.chance(0.4)) {
      this.viewers.push(new EventViewer(this.url, this.task.id));
      return;
    }
    const after = this.dice.chance(0.5) ? 0 : this.dice.below(this.steady.cursor + 1);
    this.viewers.push(Object.assign(new Viewer(this.url, this.task.id, { after }), { after }));
  }

  // Between two steps somebody may come, leave, or come back at another gateway.
  come() {
    if (this.dice.chance(0.15) && this.viewers.length < 6) this.#join();
    if (this.dice.chance(0.3)) {
      const viewer = this.dice.one(this.viewers);
      viewer.url = this.url;
      viewer.drop();
    }
  }
}
