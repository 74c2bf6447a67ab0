import { freePort, Host } from '../lib/host.mjs';
import { append } from '../lib/resp.mjs';
import { persist } from '../lib/run.mjs';
import { SlowViewer } from '../lib/slow.mjs';
import { Viewer } from '../lib/viewer.mjs';
import { equal, test, until, within } from '../lib/cases.mjs';

test('a viewer that does not read is told where to resume, and goes on there without a gap', async scope => {
  const intake = await freePort();
  const host = scope.use(await Host.create(scope.folder(), { streamPort: intake, env: { Stream__RingFrames: '64' } }));
  await host.start();
  await host.call('PUT', '/agents/name/quiet/definition', { description: 'Waits', instructions: '', tools: [], model: { provider: 'scripted', name: 's', parameters: {} } });
  const task = await persist(host, 'quiet', 'task/create', {});
  const quick = scope.use(new Viewer(host.url, task.id));
  await until('the quick viewer to watch', () => quick.connects === 1);
  const slow = scope.use(await SlowViewer.subscribe(host.port, task.id));

  // More than the sockets between hold.
  const piece = 'x'.repeat(50_000);
  const update = n => ({ type: 'delta', index: n, delta: { type: 'text', text_delta: `${n} ${piece}` } });
  const last = 600;
  for (let n = 0; n < last; n += 50) await append(intake, task.id, Array.from({ length: 50 }, (_, i) => update(n + i)));
  await until('the quick viewer to have everything', () => quick.cursor >= last);
  equal(quick.faults, [], 'what the quick viewer missed');

  const { frames, error } = await within('the slow viewer to be told', slow.read());
  const resume = Number(/resume:(\d+)/.exec(error)?.[1] ?? NaN);
  equal(frames.map(f => f.seq), frames.map((_, i) => i + 1), 'numbers that the slow viewer got');
  equal(resume, frames.length, `the number to resume at (${error})`);
  if (resume >= last) throw new Error('The slow viewer was served to the end');
  const again = scope.use(new Viewer(host.url, task.id, { after: resume }));
  await until('the slow viewer to have the rest', () => again.cursor >= last);
  equal(again.faults, [], 'what it missed after it resumed');
  equal(again.frames.map(f => f.update.index), Array.from({ length: last - resume }, (_, i) => resume + i), 'the rest');
});
