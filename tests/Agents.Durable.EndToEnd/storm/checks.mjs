// What must hold when a storm is over.
import { EventViewer } from '../lib/sse.mjs';
import { converged, Viewer } from '../lib/viewer.mjs';
import { patience, until, within } from '../lib/cases.mjs';
import { wordsOf } from './agents.mjs';

const ended = ['COMPLETED', 'CANCELED', 'TERMINATED', 'TIMED_OUT', 'FAILED', 'DELETED'];
const list = async (system, path) => {
  const answer = await system.persist(() => system.ask(system.gateways[0], 'GET', path));
  if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}: ${answer.text}`);
  return answer.json;
};
const unequal = (a, b) => JSON.stringify(a) !== JSON.stringify(b);

// All mail is settled, no agent and no model has anything in hand, and every answer is closed.
export async function quiet(system, agents, model, conversations) {
  let since = 0, seen = '';
  await until('the system to come to rest', async () => {
    const [{ pending }] = system.engine.query(`SELECT count(*) AS pending FROM mailbox WHERE state = 'pending'`);
    const [{ open }] = system.engine.query('SELECT count(*) AS open FROM messages WHERE answered_by IS NOT NULL');
    const [{ seqs }] = system.engine.query('SELECT coalesce(sum(seq), 0) AS seqs FROM task_stream_heads');
    const now = JSON.stringify([pending, open, seqs, model.requests.length, Object.values(agents).map(a => a.busy)]);
    if (now !== seen || pending > 0 || open > 0 || Object.values(agents).some(a => a.busy > 0)) { since = Date.now(); seen = now; }
    return Date.now() - since > 1500;
  }, 3 * patience).catch(error => system.fault(`${error.message}; then: ${seen}; ${JSON.stringify(system.engine.query(`SELECT task_id, position, kind, attempts, due_at, leased_until, leased_by, last_error, now() FROM mailbox WHERE state = 'pending'`))}`));
}

// While the tasks are still open: what was accepted was handled, in order, once.
export async function accepted(system, agents, conversation) {
  const { task, kind, events } = conversation;
  if (!task || kind === 'sync') return;
  const stored = (await list(system, `/events?task_id=${task.id}&agent_id=${task.agents?.[0]?.id ?? conversation.agentId}&limit=1000`)).filter(e => e.content?.author === 'user');
  const texts = stored.map(e => e.content.content);
  for (const event of events) {
    const times = texts.filter(t => t === event.text).length;
    if (event.id && times !== 1) conversation.fault(`the accepted event "${event.text}" is stored ${times} times`);
    if (!event.id && !event.unsure && !event.stays && times !== 0) conversation.fault(`the refused event "${event.text}" (${event.error}) is stored`);
    if (times > 1) conversation.fault(`"${event.text}" is stored ${times} times`);
  }
  const place = new Map(events.map(e => [e.text, e.place]));
  stored.forEach((e, i) => { if (i > 0 && place.get(texts[i - 1]) > place.get(texts[i])) conversation.fault(`"${texts[i - 1]}" lies before "${texts[i]}"`); });
  const row = await list(system, `/tasks/${task.id}`);
  // After an end in between, what was not handled by then need not be.
  const whole = !ended.includes(row.status) && !conversation.mayFail;
  if (kind === 'react') {
    const messages = (await list(system, `/messages?task_id=${task.id}&order_direction=asc&limit=1000`));
    const said = messages.filter(m => m.content.author === 'user' && / says /.test(m.content.content)).map(m => m.content.content);
    if (whole ? unequal(said, texts) : said.some((t, i) => i > 0 && texts.indexOf(t) <= texts.indexOf(said[i - 1]))) conversation.fault(`events ${JSON.stringify(texts)} were read as ${JSON.stringify(said)}`);
    return;
  }
  const agent = agents.async;
  const calls = agent.calls.filter(c => c.task === task.id && c.method === 'event/send');
  const firsts = [...new Set(calls.filter(c => c.acked).map(c => c.text))];
  const should = texts.filter(t => !/refuse/.test(t));
  if (whole) {
    if (unequal(firsts, should)) conversation.fault(`events ${JSON.stringify(should)} reached the agent as ${JSON.stringify(calls.map(c => [c.text, c.attempt, c.acked]))}`);
    // An agent that dies when its last word is stored has answered without knowing it.
    const answers = (await list(system, `/messages?task_id=${task.id}&limit=1000`)).filter(m => m.content.author === 'agent');
    const answered = text => answers.some(m => m.content.content === wordsOf(text).join('') && m.streaming_status === 'DONE');
    for (const e of stored) {
      if (/refuse/.test(e.content.content) || agent.handled.has(e.id) || answered(e.content.content)) continue;
      conversation.fault(`the event "${e.content.content}" was not handled: ${JSON.stringify(calls.filter(c => c.event === e.id))}; ${JSON.stringify(answers)}`);
    }
  }
  for (const text of texts) {
    const times = calls.filter(c => c.text === text);
    if (times.length > 1 && new Set(times.map(c => c.attempt)).size < times.length) conversation.fault(`"${text}" came with attempts ${times.map(c => c.attempt)}`);
    if (/refuse/.test(text) && times.length > 1 && times.some(c => c.acked)) conversation.fault(`"${text}" was refused, and came ${times.length} times`);
  }
  const handled = stored.filter(e => agent.handled.get(e.id)?.again > 0).map(e => e.content.content);
  if (handled.length > 0 && system.kills.length === 0) conversation.fault(`handled events came again: ${handled}`);
}

// What a viewer has in the end: per message its content and whether it is complete.
export function folded(frames) {
  const messages = new Map();
  for (const { update } of converged(frames)) {
    const id = update.parent_task_message?.id;
    const message = () => messages.get(id) ?? messages.set(id, { text: '' }).get(id);
    if (update.type === 'start') messages.set(id, { text: update.content.type === 'text' ? '' : JSON.stringify(update.content), begun: true });
    else if (update.type === 'delta' && update.delta.type === 'text') message().text += update.delta.text_delta;
    else if (update.type === 'full') messages.set(id, { text: update.content.type === 'text' ? update.content.content : JSON.stringify(update.content), begun: true, over: true });
    else if (update.type === 'done') message().over = true;
  }
  return messages;
}

const statuses = frames => frames.filter(f => f.update.type === 'task_updated').map(f => f.update.task.status);

// When all tasks have ended: whoever watched, and whoever looks now, sees the same.
export async function agreed(system, agents, conversation) {
  const { task } = conversation;
  if (!task) return;
  const row = await list(system, `/tasks/${task.id}`);
  const fresh = new Viewer(system.gateways.at(-1).url, task.id);
  conversation.fresh = fresh;
  const events = new EventViewer(system.gateways.at(-1).url, task.id);
  try {
    const names = new Map([...conversation.viewers.map((v, i) => [v, `viewer ${i}${v.updates ? ' (SSE)' : ''}`]), [fresh, 'a fresh viewer'], [events, 'fresh server-sent events']]);
    for (const [viewer, name] of names) {
      await within('the end', viewer.ended, 20_000).catch(error => {
        conversation.fault(`${name} after ${viewer.after ?? 0} does not see the end: ${error.message}; it is at ${viewer.cursor}, the task is ${row.status} by ${conversation.way}; last ${JSON.stringify((viewer.frames ?? viewer.updates).slice(-2))}`);
      });
      if (viewer.faults.length > 0) conversation.fault(`${name}: ${viewer.faults}`);
    }
    const all = statuses(fresh.frames);
    if (all.at(-1) !== row.status) conversation.fault(`the task is ${row.status}, its stream says ${all}`);
    // That a task was begun anew is told after some seconds where its gateway died with it; by then it may have ended again.
    const mayFollow = (before, status) => status === before || (before === 'FAILED' && (status === 'RUNNING' || (conversation.mayFail && system.kills.length > 0)));
    all.forEach((status, i) => {
      if (i > 0 && ended.includes(all[i - 1]) && !mayFollow(all[i - 1], status)) conversation.fault(`${all[i - 1]} became ${status}`);
    });
    const last = conversation.statuses.filter(s => !s.error && s.status).at(-1);
    if (last && last.status !== row.status) conversation.fault(`${last.what} answered ${last.status}, the task is ${row.status}`);
    for (const viewer of conversation.viewers.filter(v => !v.updates)) compare(conversation, viewer, fresh, names.get(viewer));
    const finals = new Map(fresh.frames.filter(f => ['done', 'full'].includes(f.update.type)).map(f => [f.update.parent_task_message?.id, f.update]));
    for (const { update } of [...conversation.viewers.filter(v => v.updates).flatMap(v => v.updates), ...events.updates]) {
      const id = update.parent_task_message?.id;
      if (['done', 'full'].includes(update.type) && events.over && !finals.has(id)) conversation.fault(`server-sent events showed ${JSON.stringify(update)}, the hub did not`);
    }
    await stored(system, agents, conversation, fresh, all);
  } finally {
    fresh.stop();
    events.stop();
    conversation.viewers.forEach(v => v.stop());
  }
}

function compare(conversation, viewer, fresh, name) {
  const after = viewer.after ?? 0;
  const [has, should] = [folded(viewer.frames), folded(fresh.frames.filter(f => f.seq > after && f.seq <= viewer.cursor))];
  for (const [id, message] of has) {
    if (message.begun && should.get(id)?.begun && unequal([message.text, message.over], [should.get(id).text, should.get(id).over])) {
      conversation.fault(`${name} after ${after} has ${JSON.stringify(message)} for ${id}, a fresh one ${JSON.stringify(should.get(id))}`);
    }
  }
  for (const [id, message] of should) if (message.begun && !has.has(id)) conversation.fault(`${name} after ${after} lacks ${id}: ${JSON.stringify(message)}`);
}

// The messages as they are stored, beside what was shown and answered.
async function stored(system, agents, conversation, fresh, statuses) {
  const { task, kind } = conversation;
  const messages = await list(system, `/messages?task_id=${task.id}&order_direction=asc&limit=1000`);
  const byId = new Map(messages.map(m => [m.id, m]));
  const shown = folded(fresh.frames);
  const textOf = content => content.type === 'text' ? content.content : JSON.stringify(content);
  for (const note of conversation.notes.filter(n => n.id)) if (byId.get(note.id)?.content.content !== note.text) conversation.fault(`the note "${note.text}" is stored as ${JSON.stringify(byId.get(note.id))}`);
  // After a failure a view from the start ends, although the task may be spoken to.
  const early = kind === 'sync' && statuses.includes('FAILED');
  for (const [id, message] of shown) {
    const row = byId.get(id);
    if (!row) { conversation.fault(`${id} was shown and is not stored: ${JSON.stringify(message)}`); continue; }
    if (kind === 'async' && row.streaming_status !== 'DONE') continue;
    if (kind === 'async' && !agents.async.answers.find(a => a.id === id)?.told) continue;
    if (message.over && row.content.type === 'text' && message.text !== textOf(row.content)) conversation.fault(`${id} was shown as ${JSON.stringify(message)} and is stored as ${JSON.stringify(row)}`);
  }
  for (const m of messages) {
    if (m.content.author !== 'agent' && kind !== 'react') continue;
    if (/ notes /.test(textOf(m.content))) continue;
    if (kind === 'async') {
      const answer = agents.async.answers.find(a => a.id === m.id);
      if (answer && m.content.content !== answer.text) conversation.fault(`the agent's answer "${answer.text}" is stored as ${JSON.stringify(m)}`);
      if (answer?.told && !shown.get(m.id)?.over) {
        // What came after the end of the task nobody is shown.
        if (statuses.filter(s => ended.includes(s)).length === 0 || !conversation.mayFail) conversation.fault(`the agent's answer "${answer.text}" was written and not shown: ${JSON.stringify(shown.get(m.id))}`);
      }
      continue;
    }
    if (!early && !conversation.mayFail && !shown.get(m.id)) conversation.fault(`stored and never shown: ${JSON.stringify(m)}`);
    if (!early && !conversation.mayFail && m.streaming_status === 'DONE' && shown.get(m.id) && !shown.get(m.id).over) conversation.fault(`stored as done, shown as open: ${JSON.stringify(m)}`);
    if (m.streaming_status === 'IN_PROGRESS') conversation.fault(`left open: ${JSON.stringify(m)}`);
  }
  for (const spoken of conversation.spoken) {
    const asked = messages.filter(m => m.content.author === 'user' && m.content.content === spoken.text).length;
    if (spoken.whole && asked !== 1) conversation.fault(`"${spoken.text}" was answered and is stored ${asked} times`);
    if (asked > 1) conversation.fault(`"${spoken.text}" is stored ${asked} times`);
    if (spoken.whole) {
      const answer = messages.find(m => m.content.author === 'agent' && m.content.content === wordsOf(spoken.text).join(''));
      if (!answer) conversation.fault(`the answer to "${spoken.text}" was told and is not stored as it was told`);
    }
  }
}

// Effects at the outside server: one for each call, and each shown as made.
export function effects(system, outside, conversations) {
  for (const fault of outside.faults) system.fault(`outside: ${fault}`);
  const seen = new Map();
  for (const [key, { url }] of outside.effects) {
    if (seen.has(url)) system.fault(`${url} was done under two keys, ${seen.get(url)} and ${key}`);
    seen.set(url, key);
  }
}
