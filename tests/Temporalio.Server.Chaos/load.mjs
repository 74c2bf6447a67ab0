// Loads a server that is being killed, remembers what was acknowledged, and at the end compares that with what the server kept.
//   node load.mjs --address HOST:PORT [--ledgers 24]
// Prints "acks N" as calls are acknowledged. A line "stop" on standard input ends the load; then come one line a check and "N passed, N failed".
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

// The SDK's packages are those of Temporalio.Interop: they are large, and one copy does.
const interop = new URL('../Temporalio.Interop/', import.meta.url), require = createRequire(new URL('package.json', interop));
const { Client, Connection, WorkflowExecutionAlreadyStartedError } = require('@temporalio/client');
const { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode } = require('@temporalio/worker');

const option = (name, otherwise) => { const i = process.argv.indexOf('--' + name); return i < 0 ? otherwise : process.argv[i + 1]; };
const address = option('address', '127.0.0.1:7233'), ledgerCount = Number(option('ledgers', 24));
const limit = 120_000;
const taskQueue = 'chaos';
Runtime.install({ logger: new DefaultLogger('ERROR', () => {}), telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } } });

const started = new Map(), acknowledged = { signals: [], updates: [], once: [] }, attempted = { signals: 0, updates: 0 };
const modules = [fileURLToPath(new URL('node_modules', interop))];
const workflowBundle = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('workflows.js', import.meta.url)), logger: new DefaultLogger('ERROR'),
  webpackConfigHook: (c) => ({ ...c, resolve: { ...c.resolve, modules: [...c.resolve.modules, ...modules] }, resolveLoader: { modules } }),
});
let acks = 0, stopping = false, failed = 0, passed = 0;
const check = (good, what) => { console.log(`${good ? 'ok  ' : 'FAIL'} ${what}`); good ? passed++ : failed++; };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Repeats a call that may be repeated until the server has acknowledged it.
async function acknowledge(call) {
  const end = Date.now() + limit;
  for (;;) {
    try { const answer = await call(); acks++; return answer; } catch (e) {
      if (e instanceof WorkflowExecutionAlreadyStartedError || Date.now() > end) throw e;
      await pause(50);
    }
  }
}

async function start(client, workflowId, type, args) {
  try {
    const handle = await acknowledge(() => client.workflow.start(type, { workflowId, taskQueue, args, workflowIdReusePolicy: 'REJECT_DUPLICATE' }));
    started.set(workflowId, handle.firstExecutionRunId);
  } catch (e) {
    // An earlier try of this start arrived and its answer was lost.
    if (!(e instanceof WorkflowExecutionAlreadyStartedError)) throw e;
    started.set(workflowId, null);
  }
}

let number = 0;
async function ledgerLoad(client, id) {
  await start(client, id, 'ledger', []);
  const handle = client.workflow.getHandle(id);
  while (!stopping) {
    const n = ++number;
    if (n % 2) {
      attempted.signals++;
      try { await handle.signal('add', n); acks++; acknowledged.signals.push({ id, n }); } catch { await pause(20); }
    } else {
      attempted.updates++;
      const position = await acknowledge(() => handle.executeUpdate('put', { args: [n], updateId: `u-${n}` }));
      acknowledged.updates.push({ id, n, position });
    }
    await pause(5);
  }
}

async function onceLoad(client, lane) {
  for (let i = 0; !stopping; i++) {
    const id = `once-${lane}-${i}`;
    await start(client, id, 'once', [i]);
    acknowledged.once.push({ id, n: i });
    await acknowledge(() => client.workflow.getHandle(id).result());
  }
}

// What is wrong with a history: gaps, references that lead nowhere, things that end twice.
function faultOf(events) {
  const kind = (e) => Object.keys(e).find((k) => k.endsWith('EventAttributes') && e[k]), ended = new Set();
  const references = { scheduledEventId: /ScheduledEventAttributes$/, startedEventId: /StartedEventAttributes$/, workflowTaskCompletedEventId: /^workflowTaskCompletedEventAttributes$/, acceptedEventId: /UpdateAcceptedEventAttributes$/ };
  if (kind(events[0]) !== 'workflowExecutionStartedEventAttributes' || kind(events.at(-1)) !== 'workflowExecutionCompletedEventAttributes') return 'does not begin or end as it should';
  for (const [i, e] of events.entries()) {
    if (Number(e.eventId) !== i + 1) return `has event ${e.eventId} at place ${i + 1}`;
    const attributes = e[kind(e)];
    for (const [field, what] of Object.entries(references)) {
      const id = Number(attributes[field] ?? 0);
      if (id && !(id < Number(e.eventId) && what.test(kind(events[id - 1])))) return `event ${e.eventId}: ${field} ${id} leads nowhere`;
    }
    if (!/Task(Completed|Failed|TimedOut|Canceled)EventAttributes$/.test(kind(e))) continue;
    const task = Number(attributes.scheduledEventId);
    if (ended.has(task)) return `event ${e.eventId}: task ${task} ends twice`;
    ended.add(task);
  }
  return undefined;
}

async function verify(client) {
  const results = new Map();
  for (const id of started.keys()) {
    const handle = client.workflow.getHandle(id, started.get(id) ?? undefined);
    if (id.startsWith('ledger-')) await acknowledge(() => handle.signal('close'));
    results.set(id, await acknowledge(() => handle.result()));
  }
  check(started.size > ledgerCount, `${started.size} acknowledged starts are there, in the run that was acknowledged, and completed`);
  check(acknowledged.once.every(({ id, n }) => results.get(id) === n), `${acknowledged.once.length} short workflows have their result`);

  const ledgers = [...results].filter(([id]) => id.startsWith('ledger-'));
  const seen = (kind) => new Map(ledgers.flatMap(([id, r]) => r[kind].map((n) => [n, id])));
  const signals = seen('signals'), updates = seen('updates');
  const lost = (list, kept) => list.filter(({ id, n }) => kept.get(n) !== id).map(({ n }) => n);
  const doubled = (kind) => ledgers.flatMap(([, r]) => r[kind].filter((n, i) => r[kind].indexOf(n) !== i));
  check(acknowledged.signals.length > 0 && lost(acknowledged.signals, signals).length === 0, `none of ${acknowledged.signals.length} acknowledged signals (of ${attempted.signals}) is lost: ${lost(acknowledged.signals, signals)}`);
  check(doubled('signals').length === 0, `no signal came twice: ${doubled('signals')}`);
  check(acknowledged.updates.length > 0 && lost(acknowledged.updates, updates).length === 0, `none of ${acknowledged.updates.length} acknowledged updates (of ${attempted.updates}) is lost: ${lost(acknowledged.updates, updates)}`);
  check(doubled('updates').length === 0, `no update came twice: ${doubled('updates')}`);
  const misplaced = acknowledged.updates.filter(({ id, n, position }) => results.get(id).updates[position - 1] !== n);
  check(misplaced.length === 0, `every update's answer is the one that its workflow gave: ${misplaced.map(({ n }) => n)}`);

  const histories = [];
  let broken = [];
  for (const id of started.keys()) {
    const history = await acknowledge(() => client.workflow.getHandle(id).fetchHistory());
    const events = history.events;
    const fault = faultOf(events);
    if (fault) broken.push(`${id} ${fault}`);
    histories.push({ workflowId: id, history });
  }
  check(broken.length === 0, `${histories.length} histories are whole: ids without gaps, references that hold, nothing ended twice: ${broken.slice(0, 3)}`);
  let replayed = 0;
  const errors = [];
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle, debugMode: true }, histories)) error ? errors.push(`${workflowId}: ${error.message}`) : replayed++;
  check(errors.length === 0 && replayed === histories.length, `the native core replays ${replayed} of ${histories.length} histories: ${errors.slice(0, 3)}`);
}

// The server may still be starting, and the native connection does not wait for it.
async function connected() {
  for (const end = Date.now() + limit; ;) {
    try { return await NativeConnection.connect({ address }); } catch (e) { if (Date.now() > end) throw e; await pause(100); }
  }
}

const worker = await Worker.create({
  connection: await connected(), workflowBundle, debugMode: true, taskQueue,
  activities: { async touch(n) { return n; } }, maxConcurrentWorkflowTaskExecutions: 50, stickyQueueScheduleToStartTimeout: '2s',
});
const running = worker.run();
const client = new Client({ connection: await Connection.connect({ address, connectTimeout: limit }) });
const progress = setInterval(() => console.log(`acks ${acks}`), 25);
const loads = Promise.all([
  ...Array.from({ length: ledgerCount }, (_, i) => ledgerLoad(client, `ledger-${i}`)),
  ...Array.from({ length: 4 }, (_, lane) => onceLoad(client, lane)),
]);
createInterface({ input: process.stdin }).on('line', (line) => { if (line === 'stop') stopping = true; });
try {
  await loads;
  clearInterval(progress);
  await verify(client);
} catch (e) {
  check(false, `the load ran to its end: ${e.stack} ${e.cause?.message ?? ''}`);
}
worker.shutdown();
await running;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
