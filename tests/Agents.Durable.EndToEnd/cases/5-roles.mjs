// Five processes on one database behave as one service, whichever of them dies.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Host } from '../lib/host.mjs';
import { Model } from '../lib/model.mjs';
import { Outside } from '../lib/outside.mjs';
import { definition, effectsOf, Run, turnsOf } from '../lib/run.mjs';
import { Viewer } from '../lib/viewer.mjs';
import { equal, test, within } from '../lib/cases.mjs';

test('an engine, two gateways and two workers are one service, and each can die', async scope => {
  const outside = scope.use(await Outside.start());
  const model = scope.use(await Model.start(turnsOf(outside)));
  const data = scope.folder();
  const engine = scope.use(await Host.create(data, { args: ['--roles', 'temporal'] }));
  await engine.start();

  // Those on another folder, as on another machine, know the database and the engine by their addresses.
  const socket = readFileSync(join(data, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[4];
  const elsewhere = { ConnectionStrings__Default: `Host=${socket};Username=durable;Database=durable`, Temporal__Address: `127.0.0.1:${engine.temporalPort}` };
  const start = async (roles, folder, env = {}) => {
    const host = await Host.create(folder, { args: ['--roles', roles], env: { OPENAI_BASE_URL: model.url, Agents__HeartbeatTimeout: '00:00:01', ...env } });
    host.temporalPort = engine.temporalPort;
    scope.use(host);
    return host.start();
  };
  const [gateway, otherGateway, worker, otherWorker] = await Promise.all([
    start('gateway', data), start('gateway', scope.folder(), elsewhere), start('worker', data), start('worker', scope.folder(), elsewhere),
  ]);
  await gateway.call('PUT', '/agents/name/e2e/definition', definition);
  const undisturbed = await (await Run.begin(gateway, 'e2e', 'run-calm')).finish();
  equal(outside.done('/run-calm/'), effectsOf('run-calm'), 'effects of the undisturbed run');

  const victims = { 4: worker, 12: gateway, 18: engine, 26: otherWorker };
  const restarts = [];
  const run = await Run.begin(gateway, 'e2e', 'run-five', frame => {
    const victim = victims[frame.seq];
    if (!victim) return;
    delete victims[frame.seq];
    restarts.push(victim.kill().then(() => victim.start()));
  });
  const other = scope.use(new Viewer(otherGateway.url, run.task.id));
  const result = await run.finish();
  await Promise.all(restarts);
  await within('the viewer at the other gateway to see the end', other.ended);
  equal(Object.keys(victims), [], 'processes that were not killed');
  equal(result.transcript, undisturbed.transcript, 'the transcript');
  equal(outside.done('/run-five/'), effectsOf('run-five'), 'effects at the outside server');
  equal(outside.faults, [], 'requests without a key, or a key used for something else');
  equal(other.faults, [], 'numbers that the viewer at the other gateway missed or saw twice');
  equal(other.cursor, run.viewer.cursor, 'the last number at the other gateway');
});
