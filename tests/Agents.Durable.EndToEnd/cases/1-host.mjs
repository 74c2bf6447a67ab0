import { Host } from '../lib/host.mjs';
import { equal, test } from '../lib/cases.mjs';

test('two hosts with other ports and data run side by side, and each drains on its signal', async scope => {
  const one = scope.use(await Host.create(scope.folder()));
  const two = scope.use(await Host.create(scope.folder()));
  await Promise.all([one.start(), two.start()]);
  for (const host of [one, two]) equal((await fetch(`${host.url}/readyz`)).status, 200, 'readyz');
  equal(await one.drain('SIGTERM'), 0, 'exit status after SIGTERM');
  equal((await fetch(`${two.url}/readyz`)).status, 200, 'the other still serves');
  equal(await two.drain('SIGINT'), 0, 'exit status after Ctrl-C');
});

test('a second host on the same data is refused, one after kill -9 goes on', async scope => {
  const host = scope.use(await Host.create(scope.folder()));
  await host.start();
  const rival = await Host.create(host.data);
  const refused = await rival.start().then(() => 'started', error => error.message);
  if (!/Another process is the gateway of/.test(refused)) throw new Error(`The rival was not refused: ${refused}`);
  await host.kill();
  await host.start();
  equal((await fetch(`${host.url}/readyz`)).status, 200, 'readyz after kill -9');
});
