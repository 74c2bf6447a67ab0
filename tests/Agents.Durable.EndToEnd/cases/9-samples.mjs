// The sample agents, as programs of their own against the running host.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Host } from '../lib/host.mjs';
import { Program } from '../lib/program.mjs';
import { persist, shown } from '../lib/run.mjs';
import { EventViewer } from '../lib/sse.mjs';
import { Viewer } from '../lib/viewer.mjs';
import { equal, test, until } from '../lib/cases.mjs';

const samples = 'workers/samples/';

test('an agent in code survives the deaths of its program and of the host', async scope => {
  const data = scope.folder();
  const host = scope.use(await Host.create(data, { env: { Agents__HeartbeatTimeout: '00:00:01' } }));
  await host.start({ AGENTS_FAIL_POINTS: 'say.after_commit:3' });
  const agent = scope.use(new Program(`${samples}Samples.CodeAgent`, 'Samples.CodeAgent', ['--CodeAgents:Gateway', host.url, '--CodeAgents:Temporal', `127.0.0.1:${host.temporalPort}`]));
  await agent.start('is known to the gateway');
  const known = await host.call('GET', '/agents/name/note-taker');
  equal([known.acp_type, known.status], ['async', 'Ready'], 'the agent');

  const task = await host.rpc('note-taker', 'task/create', { name: 'notes' });
  const viewer = scope.use(new Viewer(host.url, task.id));
  const events = scope.use(new EventViewer(host.url, task.id));
  const say = text => persist(host, 'note-taker', 'event/send', { task_id: task.id, content: { type: 'text', author: 'user', content: text } });
  const texts = async () => (await host.call('GET', `/messages?task_id=${task.id}&order_by=created_at&order_direction=asc`)).filter(m => m.content.type === 'text').map(m => m.content.content);
  // The host dies between the storing and the showing of a piece, whenever that comes, and is started again.
  const restarted = host.exited.then(async how => { equal(how, 'SIGKILL', 'how the host ended'); await host.start(); });
  restarted.catch(() => {});
  const patient = probe => async () => { try { return await probe(); } catch { return false; } };
  await say('one');
  await until('the first note', patient(async () => JSON.stringify(await host.call('GET', `/tasks/${task.id}/query/state`)).includes('waiting for input')));

  // Its program is dead when the next message comes.
  await agent.kill();
  await say('two');
  await agent.start('is known to the gateway');
  await restarted;
  await until('the second note', async () => (await texts()).length === 6);
  await say('done');
  await until('the end', async () => (await host.call('GET', `/tasks/${task.id}`)).status === 'COMPLETED');

  equal(await texts(), ['one', 'Note 1: written.', 'one', 'two', 'Note 2: written.', 'two', 'done', 'Notes written: 2. Goodbye.'], 'the messages');
  await viewer.ended;
  equal(viewer.faults, [], 'faults of the viewer');
  equal(shown(viewer.frames).filter(m => typeof m === 'string'), await texts(), 'what the viewer has in the end');
  await events.ended;
  equal(events.faults, [], 'faults of the event stream');
  for (const [n, text] of [[1, 'one'], [2, 'two']]) equal(readFileSync(join(data, 'workspaces', task.id, `note-${n}.md`), 'utf8'), text, `note ${n}`);
  equal((await host.call('GET', `/states?task_id=${task.id}`)).map(s => s.state), [{ Count: 2 }], 'the state');
  const spans = await host.call('GET', `/spans?task_id=${task.id}`);
  equal(spans.map(s => [s.name, s.output.summary, s.end_time >= s.start_time]).sort(), [['note', 'one', true], ['note', 'two', true]], 'the spans');
  equal(host.query(`SELECT count(*)::int AS n FROM model_calls WHERE task_id = '${task.id}' AND model <> ''`), [{ n: 2 }], 'model calls');
});

test('a sync agent in C# registers itself and streams its answers', async scope => {
  const host = scope.use(await Host.create(scope.folder()));
  await host.start();
  const agent = scope.use(new Program(`${samples}Samples.SyncAgent`, 'Samples.SyncAgent', ['--urls', 'http://127.0.0.1:0', '--SyncAgent:Gateway', host.url]));
  await agent.start('is registered at');
  equal((await host.call('GET', '/agents/name/shouter')).acp_type, 'sync', 'the agent');

  const whole = await host.rpc('shouter', 'message/send', { content: { type: 'text', author: 'user', content: 'good morning' } });
  equal(whole.map(m => m.content.content), ['GOOD MORNING !'], 'the answer as a whole');
  const response = await fetch(`${host.url}/agents/name/shouter/rpc`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'message/send', params: { task_id: whole[0].task_id, stream: true, content: { type: 'text', author: 'user', content: 'and again' } } }),
  });
  const lines = (await response.text()).trim().split('\n').map(line => JSON.parse(line).result);
  equal(lines.map(u => u.type), ['start', 'delta', 'delta', 'delta', 'done'], 'the streamed updates');
  equal(lines.map(u => u.delta?.text_delta ?? '').join(''), 'AND AGAIN !', 'the streamed words');
  const stored = await host.call('GET', `/messages?task_id=${whole[0].task_id}&order_by=created_at&order_direction=asc`);
  equal(stored.map(m => m.content.content), ['good morning', 'GOOD MORNING !', 'and again', 'AND AGAIN !'], 'the messages');
});
