// A host under steady, mixed work for a while: whether memory, threads, descriptors and time to answer stay what they were.
//   node tests/Benchmarks/soak.mjs [--minutes 20] [--clients 4] [--pause 50]       (needs a Release build and `npm ci` in tests/Agents.Durable.EndToEnd)
// Each client goes around: a declarative agent with a tool, an asynchronous remote agent, a synchronous one; watched over SignalR or server-sent events.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Host } from '../Agents.Durable.EndToEnd/lib/host.mjs';
import { RemoteAgent } from '../Agents.Durable.EndToEnd/lib/remote.mjs';
import { EventViewer } from '../Agents.Durable.EndToEnd/lib/sse.mjs';
import { Viewer } from '../Agents.Durable.EndToEnd/lib/viewer.mjs';

const option = (name, usual) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? usual : Number(process.argv[at + 1]); };
const [minutes, clients, pause] = [option('minutes', 20), option('clients', 4), option('pause', 50)];
const rest = ms => new Promise(resolve => setTimeout(resolve, ms));
const text = content => ({ type: 'text', author: 'user', content });
const agentText = content => ({ type: 'text', author: 'agent', content });

const folder = mkdtempSync(join(tmpdir(), 'durable-soak-'));
const host = await Host.create(folder, { env: { Logging__LogLevel__Default: 'Warning' } });
await host.start();
const synchronous = await RemoteAgent.start(method => method === 'message/send'
  ? [{ type: 'start', index: 0, content: agentText('') }, ...['So ', 'be ', 'it.'].map(word => ({ type: 'delta', index: 0, delta: { type: 'text', text_delta: word } })), { type: 'done', index: 0 }]
  : null);
const asynchronous = await RemoteAgent.start((method, params) => {
  if (method === 'event/send') void host.call('POST', '/messages', { task_id: params.task.id, content: agentText('Heard.') });
  return method === 'event/send' ? { status: 'processing' } : null;
});
await host.call('POST', '/agents/register', { name: 'sync', description: 'Soaked', acp_url: synchronous.url, acp_type: 'sync' });
await host.call('POST', '/agents/register', { name: 'async', description: 'Soaked', acp_url: asynchronous.url, acp_type: 'async' });
await host.call('PUT', '/agents/name/react/definition', {
  description: 'Soaked', instructions: '', tools: ['workspace'], limits: { max_turns: 1 },
  model: { provider: 'scripted', name: 's', parameters: { script: [{ deltas: ['I ', 'write.'], tool_calls: [{ name: 'write_file', arguments: { path: 'a', content: 'b' } }] }, { deltas: ['Done.'] }] } },
});

let tasks = 0, stopping = false;
const took = { react: [], async: [], sync: [] };
const kinds = Object.keys(took);

const lives = {
  async react(task) {
    const viewer = tasks % 2 ? new Viewer(host.url, task.id) : new EventViewer(host.url, task.id);
    await host.rpc('react', 'event/send', { task_id: task.id, content: text('Go') });
    await viewer.ended;
    await viewer.stop();
    if (viewer.faults.length > 0) throw new Error(viewer.faults.join());
  },
  async async(task) {
    const viewer = new Viewer(host.url, task.id);
    await host.rpc('async', 'event/send', { task_id: task.id, content: text('Go') });
    await host.call('POST', `/tasks/${task.id}/complete`, {});
    await viewer.ended;
    await viewer.stop();
  },
  async sync(task) {
    await host.rpc('sync', 'message/send', { task_id: task.id, content: text('Go') });
    await host.call('POST', `/tasks/${task.id}/complete`, {});
  },
};

const work = Array.from({ length: clients }, async () => {
  while (!stopping) {
    const kind = kinds[tasks++ % kinds.length];
    const begun = performance.now();
    await lives[kind](await host.rpc(kind, 'task/create', { name: `soak-${tasks}` }));
    took[kind].push(performance.now() - begun);
    await rest(pause);
  }
});

// Of the host and of PostgreSQL's processes together.
function facts() {
  const pid = host.process.pid;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const number = name => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)[1]);
  const cpu = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
  return { resident: number('VmRSS') / 1024, threads: number('Threads'), descriptors: readdirSync(`/proc/${pid}/fd`).length, cpu };
}

const p50 = values => values.length === 0 ? NaN : values.sort((a, b) => a - b)[values.length >> 1];
let before = facts(), done = 0;
for (let minute = 1; minute <= minutes; minute++) {
  await Promise.race([rest(60_000), Promise.all(work)]);
  const now = facts();
  const [{ size, connections }] = host.query(`SELECT pg_database_size('durable') / 1048576 AS size, (SELECT count(*) FROM pg_stat_activity WHERE datname = 'durable') AS connections`);
  console.log(`${String(minute).padStart(3)} min  ${String(tasks).padStart(6)} tasks  ${kinds.map(kind => `${kind} p50 ${p50(took[kind]).toFixed(1)} ms`).join('  ')}  `
    + `resident ${now.resident.toFixed(0)} MB  threads ${now.threads}  descriptors ${now.descriptors}  connections ${connections}  CPU ${((now.cpu - before.cpu) * 1000 / (tasks - done)).toFixed(1)} ms/task  database ${size} MB`);
  for (const kind of kinds) took[kind] = [];
  [before, done] = [now, tasks];
}
stopping = true;
await Promise.all(work);
await host.stop();
synchronous.stop();
asynchronous.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
