// One conversation of two turns with five tool calls: what it must come to, and what is observed of it.
import { randomUUID } from 'node:crypto';
import { EventViewer } from './sse.mjs';
import { converged, Viewer } from './viewer.mjs';
import { equal, patience, until, within } from './cases.mjs';

const post = (outside, run, path, n) => ({ name: 'http_fetch', arguments: { method: 'POST', url: `${outside.url}/${run}/${path}`, body: JSON.stringify({ n }) } });
const words = text => text.split(/(?<= )/);

// What the model answers, one entry per call.
export const turnsOf = outside => run => [
  { deltas: words('I look at both places at once. '), calls: [post(outside, run, 'a', 1), post(outside, run, 'b', 2)] },
  { deltas: words('Now the third, which needs the first two. '), calls: [post(outside, run, 'c', 3)] },
  { deltas: words('That is all for the first question, three things are done.') },
  { deltas: words('And on with the second. '), calls: [post(outside, run, 'd', 4), post(outside, run, 'e', 5)] },
  { deltas: words('Everything is done, goodbye.') },
];

export const effectsOf = run => ['a', 'b', 'c', 'd', 'e'].map((path, i) => `/${run}/${path} {"n":${i + 1}}`);

export const definition = {
  description: 'Calls outside servers', instructions: 'Be brief.', model: { provider: 'openai', name: 'm', parameters: {} },
  tools: ['http_fetch'], limits: { max_turns: 2 },
};

// A client that does not know of crashes but repeats what was not answered, with the same idempotency key.
export async function persist(host, agent, method, params) {
  const key = randomUUID();
  return until(`${method} to be answered`, async () => {
    try {
      return await host.rpc(agent, method, params, { 'idempotency-key': key });
    } catch (error) {
      if (/answered \{|answered 4/.test(error.message)) throw error;
      return null;
    }
  });
}

export class Run {
  static async begin(host, agent, name, onFrame) {
    const run = new Run();
    Object.assign(run, { host, agent, name });
    run.task = await persist(host, agent, 'task/create', { name: `${name}-${randomUUID()}` });
    run.viewer = new Viewer(host.url, run.task.id, { onFrame: frame => onFrame?.(frame, run) });
    run.events = new EventViewer(host.url, run.task.id);
    run.told = run.#tell();
    run.told.catch(() => {});
    return run;
  }

  async #tell() {
    await this.#say(`${this.name} first question`);
    // The third model call answers the first question.
    await this.#answered();
    await this.#say(`${this.name} second question`);
  }

  // The viewer's end is what is waited for with a limit; this goes on as long as that.
  async #answered() {
    while (!this.viewer.stopped && !this.viewer.frames.some(f => f.call_id === 'm2' && ['done', 'full'].includes(f.update.type))) {
      await new Promise(resolve => setTimeout(resolve, 25));
    }
  }

  #say(text) { return persist(this.host, this.agent, 'event/send', { task_id: this.task.id, content: { type: 'text', author: 'user', content: text } }); }

  // Returns once the viewers have seen the end.
  async over() {
    try {
      await within(`${this.name} to end`, Promise.all([this.told, this.viewer.ended, this.events.ended]), patience, () => this.viewer.frames.length);
    } finally {
      this.viewer.stop();
      this.events.stop();
    }
  }

  // The transcript and what the viewer was shown in the end; throws when the viewer missed or was told anything twice.
  async finish() {
    await this.over();
    equal(this.viewer.faults, [], `${this.name}: numbers of the stream that were missed or repeated`);
    equal(this.events.faults, [], `${this.name}: numbers that server-sent events repeated`);
    equal(finals(this.events.updates), finals(this.viewer.frames), `${this.name}: messages that came by server-sent events`);
    const task = await this.host.call('GET', `/tasks/${this.task.id}`);
    equal(task.status, 'COMPLETED', `${this.name}: status (${task.status_reason})`);
    return { transcript: this.#normal(await this.transcript()), shown: this.#normal(shown(this.viewer.frames)) };
  }

  async transcript() {
    const messages = await this.host.call('GET', `/messages?task_id=${this.task.id}&order_direction=asc&limit=200`);
    // Calls of one answer run side by side, so their results come in any order.
    const place = (m, i) => m.content.type === 'tool_response' ? messages.findLastIndex((r, at) => at < i && r.content.type === 'tool_request') + 0.5 : i;
    return messages.map((m, i) => ({ m, at: place(m, i) })).sort((a, b) => a.at - b.at || `${a.m.content.tool_call_id}`.localeCompare(`${b.m.content.tool_call_id}`))
      .map(({ m }) => ({ status: m.streaming_status, ...m.content }));
  }

  // Model calls whose result is stored, read from the database so that it can be asked while the host is dead.
  stored() { return this.host.query(`SELECT call_id FROM model_calls WHERE task_id = '${this.task.id}' AND facts IS NOT NULL`).length; }

  // Names are each run's own, ports each start's of the outside server.
  #normal(value) {
    return JSON.parse(JSON.stringify(value).replaceAll(this.name, 'run').replace(/127\.0\.0\.1:\d+/g, 'outside'));
  }
}

// Messages as their last frame has them, which every viewer gets whatever it missed of the pieces.
export function finals(frames) {
  return frames.filter(f => ['done', 'full'].includes(f.update.type)).map(f => f.update.parent_task_message.content);
}

const inAnyOrder = values => values.map(v => JSON.stringify(v)).sort();

// What must hold after a disturbed run. `paidBefore`: how often each turn was paid for whose result was stored before the last kill.
export function check(name, result, undisturbed, { outside, model }, paidBefore = []) {
  equal(result.transcript, undisturbed.transcript, `${name}: the transcript`);
  equal(inAnyOrder(result.shown), inAnyOrder(undisturbed.shown), `${name}: what the viewer has in the end`);
  equal(outside.done(`/${name}/`), effectsOf(name), `${name}: effects at the outside server`);
  equal(outside.faults, [], `${name}: requests without a key, or a key used for something else`);
  paidBefore.forEach((count, turn) => equal(model.paid(name)[turn], count, `${name}: payments for turn ${turn}, whose result was stored before the kill`));
}

// The texts that a viewer has in the end: per message the deltas of its newest attempt, or what came whole.
export function shown(frames) {
  const messages = new Map();
  for (const { update } of converged(frames)) {
    const id = update.parent_task_message?.id;
    if (update.type === 'start') messages.set(id, update.content.type === 'text' ? '' : update.content);
    else if (update.type === 'delta' && update.delta.type === 'text') messages.set(id, (messages.get(id) ?? '') + update.delta.text_delta);
    else if (update.type === 'full') messages.set(id, update.content.type === 'text' ? update.content.content : update.content);
  }
  return [...messages.values()];
}
