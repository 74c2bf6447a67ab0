// Many viewers that come and go at random see one and the same stream.
import { Host } from '../lib/host.mjs';
import { EventViewer } from '../lib/sse.mjs';
import { Model } from '../lib/model.mjs';
import { finals, persist, shown } from '../lib/run.mjs';
import { Viewer } from '../lib/viewer.mjs';
import { equal, test, until, within } from '../lib/cases.mjs';

const [hubViewers, eventViewers] = [50, 25];
const words = n => Array.from({ length: 40 }, (_, i) => `${n}.${i} `);

// A seed makes the coming and going repeatable, as far as time allows.
function dice(seed) { return () => { seed = (seed * 1103515245 + 12345) & 0x7fffffff; return seed / 0x7fffffff; }; }

const turns = [
  ...[1, 2, 3, 4].map(n => ({ deltas: words(n), calls: [{ name: 'write_file', arguments: { path: `${n}`, content: `${n}` } }, { name: 'list_files', arguments: {} }] })),
  { deltas: words(5) },
];

const definition = {
  description: 'Talks', instructions: '', tools: ['workspace'], limits: { max_turns: 1 }, model: { provider: 'openai', name: 'm', parameters: {} },
};

test(`${hubViewers} SignalR and ${eventViewers} SSE viewers that join and reconnect at random see the same, once and without a gap`, async scope => {
  const seed = Number(process.env.VIEWERS_SEED ?? Date.now() % 100_000);
  const random = dice(seed);
  const model = scope.use(await Model.start(() => turns, { pace: 15 }));
  const host = scope.use(await Host.create(scope.folder(), { env: { OPENAI_BASE_URL: model.url } }));
  await host.start();
  await host.call('PUT', '/agents/name/talker/definition', definition);
  const task = await persist(host, 'talker', 'task/create', { name: 'talk' });
  const steady = scope.use(new Viewer(host.url, task.id));
  await persist(host, 'talker', 'event/send', { task_id: task.id, content: { type: 'text', author: 'user', content: 'run-talk go' } });

  // The last answer begins once everybody has come and gone as often as they do, so that there is something to come back to however slow the machine is.
  const gone = [];
  const coming = (make, count) => Array.from({ length: count }, async () => {
    let leaves;
    gone.push(new Promise(resolve => { leaves = resolve; }));
    await new Promise(resolve => setTimeout(resolve, random() * 3000));
    const viewer = scope.use(make());
    for (let times = Math.floor(random() * 4); times > 0; times--) {
      await new Promise(resolve => setTimeout(resolve, 100 + random() * 900));
      const connects = viewer.connects;
      await viewer.drop();
      await until('a viewer to come back', () => viewer.connects > connects || steady.over);
    }
    leaves();
    await within('a viewer to see the end', viewer.ended);
    return viewer;
  });
  steady.ended.then(() => { steady.over = true; });
  const seen = Promise.all([
    Promise.all(coming(() => new Viewer(host.url, task.id), hubViewers)),
    Promise.all(coming(() => new EventViewer(host.url, task.id), eventViewers)),
    within('the steady viewer to see the end', steady.ended),
  ]);
  // Of five turns four are over or under way by then.
  await until('the fourth turn', () => model.requests.length >= 4);
  model.gate = Promise.all(gone);
  const [hub, events] = await seen;

  equal(steady.faults, [], 'what the steady viewer missed');
  const expected = shown(steady.frames);
  const texts = finals(steady.frames);
  for (const viewer of hub) {
    equal(viewer.faults, [], `seed ${seed}: numbers that a SignalR viewer missed or saw twice`);
    equal(shown(viewer.frames), expected, `seed ${seed}: what a SignalR viewer has in the end`);
    equal(viewer.cursor, steady.cursor, `seed ${seed}: the last number`);
  }
  for (const viewer of events) {
    equal(viewer.faults, [], `seed ${seed}: numbers that an SSE viewer saw twice`);
    equal(finals(viewer.updates), texts, `seed ${seed}: messages that an SSE viewer has in the end`);
  }
  const reconnects = [...hub, ...events].reduce((sum, v) => sum + v.connects - 1, 0);
  console.log(`     ${steady.cursor} numbers, ${reconnects} reconnects`);
  if (reconnects < 40) throw new Error(`Only ${reconnects} reconnects`);
});
