// SIGTERM in the middle of everything: the host leaves in time, and what it had accepted goes on at the next start.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Host } from '../lib/host.mjs';
import { Model } from '../lib/model.mjs';
import { Outside } from '../lib/outside.mjs';
import { check, definition, Run, turnsOf } from '../lib/run.mjs';
import { equal, test, until } from '../lib/cases.mjs';

const tasks = 12;
// What the host gives itself, and some for the machine.
const grace = 30_000;

async function prepare(scope, args = []) {
  const outside = scope.use(await Outside.start());
  const model = scope.use(await Model.start(turnsOf(outside), { pace: 20 }));
  const env = { OPENAI_BASE_URL: model.url, Agents__HeartbeatTimeout: '00:00:01' };
  const host = scope.use(await Host.create(scope.folder(), { env, args }));
  await host.start();
  return { outside, model, env, host };
}

async function leave(host) {
  const begun = Date.now();
  equal(await host.drain().catch(error => { throw new Error(`${error.message}\n${host.log.slice(-4000)}`); }), 0, 'exit status after SIGTERM');
  const took = Date.now() - begun;
  if (took > grace) throw new Error(`The host took ${took / 1000} s to leave`);
  return took;
}

// Conversations under way, each at another place, once all have begun.
async function begin(host, count = tasks) {
  await host.call('PUT', '/agents/name/e2e/definition', definition);
  const undisturbed = await (await Run.begin(host, 'e2e', 'run-calm')).finish();
  const runs = [];
  for (let i = 0; i < count; i++) runs.push(await Run.begin(host, 'e2e', `run-t${i}`));
  await until('all to be under way', () => runs.every(r => r.viewer.frames.length > 2));
  return { undisturbed, runs };
}

test('SIGTERM under load, several times: the host leaves in time and nothing is lost', async scope => {
  const stage = await prepare(scope);
  const { host } = stage;
  const { undisturbed, runs } = await begin(host);
  const took = [];
  for (let times = 0; times < 3; times++) {
    const before = runs.map(r => r.viewer.frames.length);
    took.push(await leave(host));
    await host.start();
    await until('the tasks to go on', () => runs.some((r, i) => r.viewer.frames.length > before[i]));
  }
  for (const run of runs) check(run.name, await run.finish(), undisturbed, stage);
  console.log(`     left in ${took.join(', ')} ms`);
});

test('SIGTERM while PostgreSQL cannot be started: the host leaves in time and nothing is lost', async scope => {
  const stage = await prepare(scope);
  const { host } = stage;
  const { undisturbed, runs } = await begin(host);
  const settings = join(host.data, 'postgres', 'data', 'postgresql.auto.conf');
  const sound = readFileSync(settings);
  appendFileSync(settings, "no_such_setting = 'on'\n");
  process.kill(host.postgres, 'SIGKILL');
  await until('the host to say that it is not ready', async () => (await fetch(`${host.url}/readyz`)).status === 503);
  const refused = await fetch(`${host.url}/tasks/${runs[0].task.id}`);
  equal(refused.status, 503, 'what a client is answered meanwhile');
  const took = await leave(host);
  writeFileSync(settings, sound);
  await host.start();
  for (const run of runs) check(run.name, await run.finish(), undisturbed, stage);
  console.log(`     left in ${took} ms`);
});

test('SIGTERM to worker, gateway and engine one after the other, under load', async scope => {
  const stage = await prepare(scope, ['--roles', 'temporal']);
  const engine = stage.host;
  const start = async roles => {
    const host = scope.use(await Host.create(engine.data, { args: ['--roles', roles], env: stage.env }));
    host.temporalPort = engine.temporalPort;
    return host.start();
  };
  const [gateway, worker] = await Promise.all([start('gateway'), start('worker')]);
  const { undisturbed, runs } = await begin(gateway, 6);
  const took = [];
  for (const host of [worker, gateway, engine]) {
    took.push(await leave(host));
    await host.start();
  }
  for (const run of runs) check(run.name, await run.finish(), undisturbed, stage);
  console.log(`     left in ${took.join(', ')} ms`);
});
