// The same conversation while single parts of the system are killed under the living others, several times in each run.
import { Host } from '../lib/host.mjs';
import { Model } from '../lib/model.mjs';
import { Outside } from '../lib/outside.mjs';
import { check, definition, Run, turnsOf } from '../lib/run.mjs';
import { equal, test, until } from '../lib/cases.mjs';

async function prepare(scope, args) {
  const outside = scope.use(await Outside.start());
  const model = scope.use(await Model.start(turnsOf(outside)));
  const env = { OPENAI_BASE_URL: model.url, Agents__HeartbeatTimeout: '00:00:01' };
  const first = scope.use(await Host.create(scope.folder(), { env, args }));
  await first.start();
  return { outside, model, env, first };
}

// The places of the conversation, in order; numbers of the stream differ from run to run with the pieces that a text comes in.
const places = ['e2 full', ...call('m0', 2), ...call('m1', 1), ...call('m2', 0), 'e3 full', ...call('m3', 2), ...call('m4', 0)];
function call(id, tools) { return [`${id} start`, `${id} delta`, `${id} done`, `${id} full`, ...Array.from({ length: tools }, (_, i) => `${id}-${i} full`)]; }
const placeOf = frame => places.indexOf(`${frame.call_id} ${frame.update.type}`);

// Runs the conversation once: when a viewer has come to a place, or past it, the victim is killed. What goes on meanwhile ends with the turn: the model
// begins no answer before the victim is back, so that the next place is still to come. What was stored before the last kill must not be paid for again.
async function disturb(name, stage, gateway, undisturbed, at, kill) {
  const { model } = stage;
  const left = [...at];
  const done = [];
  let back = Promise.resolve(), busy = false, paid = [];
  const run = await Run.begin(gateway, 'e2e', name, (frame, run) => {
    if (busy || left.length === 0 || placeOf(frame) < places.indexOf(left[0])) return;
    busy = true;
    left.shift();
    done.push(frame.seq);
    back = kill(run, () => { paid = model.paid(name).slice(0, run.stored()); }).finally(() => { busy = false; model.gate = null; });
    model.gate = back.catch(() => {});
  });
  await run.over();
  await back;
  const result = await run.finish();
  equal(left, [], `${name}: places at which nothing was killed`);
  equal(new Set(done).size, at.length, `${name}: distinct numbers at which something was killed`);
  check(name, result, undisturbed, stage, paid);
  return done;
}

test('a conversation survives kill -9 of PostgreSQL under the living host', async scope => {
  const stage = await prepare(scope, []);
  const host = stage.first;
  await host.call('PUT', '/agents/name/e2e/definition', definition);
  const undisturbed = await (await Run.begin(host, 'e2e', 'run-calm')).finish();
  const kill = async (_, then) => { await host.killPostgres(); then(); };
  const killed = [];
  const plans = [['m0 start', 'm1 delta', 'm2 start', 'm3 delta'], ['m0 done', 'm1 done', 'e3 full', 'm3 done'], ['m0-0 full', 'm1-0 full', 'm2 delta', 'm3-0 full']];
  for (const [i, at] of plans.entries()) killed.push(...await disturb(`run-p${i}`, stage, host, undisturbed, at, kill));
  console.log(`     ${killed.length} kills, at ${killed.join(', ')}`);
});

test('a conversation survives kill -9 of the worker and of the gateway in turn', async scope => {
  const stage = await prepare(scope, ['--roles', 'temporal']);
  const engine = stage.first;
  const start = async roles => {
    const host = scope.use(await Host.create(engine.data, { args: ['--roles', roles], env: stage.env }));
    host.temporalPort = engine.temporalPort;
    return host.start();
  };
  const [gateway, worker] = await Promise.all([start('gateway'), start('worker')]);
  await gateway.call('PUT', '/agents/name/e2e/definition', definition);
  const undisturbed = await (await Run.begin(gateway, 'e2e', 'run-calm')).finish();
  const killWorker = async (_, then) => {
    equal(await worker.kill(), 'SIGKILL', 'how the worker ended');
    then();
    await worker.start();
  };
  const killGateway = async ({ viewer }, then) => {
    const connects = viewer.connects;
    equal(await gateway.kill(), 'SIGKILL', 'how the gateway ended');
    then();
    await gateway.start();
    // What it was shown last may have been the end: another process wrote on while that one was told.
    await until('the viewer to come back', () => viewer.connects > connects || viewer.over);
  };
  const killed = [];
  const plans = [
    [killWorker, ['e2 full', 'm0 delta', 'm0-0 full', 'm1 done', 'm2 start', 'm3 start', 'm3-1 full']],
    [killGateway, ['m0 delta', 'm1 start', 'm2 delta', 'm3 start']],
    [killGateway, ['e2 full', 'm1 done', 'm2 done', 'm3-0 full']],
  ];
  for (const [i, [kill, at]] of plans.entries()) killed.push(...await disturb(`run-r${i}`, stage, gateway, undisturbed, at, kill));
  console.log(`     ${killed.length} kills, at ${killed.join(', ')}`);
});
