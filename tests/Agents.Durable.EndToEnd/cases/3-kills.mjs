// The main proof: a conversation with tools survives `kill -9` of the whole host at any point of it, with nothing lost and nothing doubled.
import { Host } from '../lib/host.mjs';
import { Model } from '../lib/model.mjs';
import { Outside } from '../lib/outside.mjs';
import { check, definition, Run, turnsOf } from '../lib/run.mjs';
import { equal, test } from '../lib/cases.mjs';

const failPoints = [
  'mail.before_commit:2', 'mail.after_commit:1', 'mail.after_commit:2', 'model.before_request:2', 'model.during_stream:3', 'model.before_commit:2', 'model.after_commit:1', 'model.after_commit:3', 'model.after_stream:2',
  'tool.after_intent:1', 'tool.after_intent:3', 'tool.after_effect:1', 'tool.after_effect:3', 'tool.after_commit:2', 'tool.after_stream:2', 'settle.after_commit:1',
];

async function prepare(scope) {
  const outside = scope.use(await Outside.start());
  const model = scope.use(await Model.start(turnsOf(outside)));
  const host = scope.use(await Host.create(scope.folder(), {
    env: { OPENAI_BASE_URL: model.url, Agents__HeartbeatTimeout: '00:00:01' },
  }));
  await host.start();
  await host.call('PUT', '/agents/name/e2e/definition', definition);
  return { outside, model, host };
}

test('a conversation survives kill -9 at 22 different places of its stream', async scope => {
  const stage = await prepare(scope);
  const { host, model } = stage;
  const calm = await Run.begin(host, 'e2e', 'run-calm');
  const undisturbed = await calm.finish();
  check('run-calm', undisturbed, undisturbed, stage, [1, 1, 1, 1, 1]);
  const last = calm.viewer.cursor;
  const places = new Set(Array.from({ length: 22 }, (_, i) => 1 + Math.floor(i * (last - 1) / 22)));
  if (places.size < 20) throw new Error(`Only ${last} numbers to be killed at`);
  for (const seq of places) {
    const name = `run-k${seq}`;
    let dead, restarted;
    const run = await Run.begin(host, 'e2e', name, (frame, run) => {
      if (frame.seq < seq || dead) return;
      dead = host.kill();
      restarted = dead.then(async () => {
        const stored = run.stored();
        const paid = model.paid(name).slice(0, stored);
        await host.start();
        return paid;
      });
    });
    // The array with this number may have held all the rest, so that the viewer is done while the host is still dead.
    await run.over();
    if (!dead) throw new Error(`${name} ended before number ${seq} came`);
    const paid = await restarted;
    check(name, await run.finish(), undisturbed, stage, paid);
  }
  console.log(`     ${places.size} kills over ${last} numbers`);
});

test('a conversation survives death at each named fail point', async scope => {
  const stage = await prepare(scope);
  const { host, model } = stage;
  const undisturbed = await (await Run.begin(host, 'e2e', 'run-calm')).finish();
  for (const point of failPoints) {
    const name = `run-${point.replace(/[^a-z0-9]/g, '')}`;
    await host.drain();
    await host.start({ AGENTS_FAIL_POINTS: point });
    const run = await Run.begin(host, 'e2e', name);
    const how = await host.exited;
    equal(how, 'SIGKILL', `${name}: how the host ended`);
    const paid = model.paid(name).slice(0, run.stored());
    await host.start();
    check(name, await run.finish(), undisturbed, stage, paid);
  }
  console.log(`     ${failPoints.length} fail points`);
});
