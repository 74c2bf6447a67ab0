// The host as it serves others than the people of its own machine: keys, two owners, a page that watches.
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { randomBytes } from 'node:crypto';
import { Host } from '../lib/host.mjs';
import { equal, test, within } from '../lib/cases.mjs';

const alice = randomBytes(24).toString('hex'), bob = randomBytes(24).toString('hex');
const keyed = {
  Auth__Mode: 'ApiKey', Auth__MasterKey: randomBytes(32).toString('base64'),
  Auth__Keys__0__Key: alice, Auth__Keys__0__Owner: 'alice', Auth__Keys__1__Key: bob, Auth__Keys__1__Owner: 'bob',
};
const bearer = key => ({ authorization: `Bearer ${key}` });

// Everything a page sees of a task: it cannot send headers with a WebSocket, so its key is in the address.
function watch(host, task, key) {
  const connection = new HubConnectionBuilder().withUrl(`${host.url}/hubs/tasks?access_token=${key}`).configureLogging(LogLevel.None).build();
  const frames = [];
  const seen = connection.start().then(() => new Promise((resolve, reject) =>
    connection.stream('Subscribe', task, 0).subscribe({ next: some => frames.push(...some), complete: () => resolve(frames), error: reject })));
  return within('the stream to end', seen).finally(() => connection.stop());
}

test('outside development owners with keys work and watch, and nobody sees what is not theirs', async scope => {
  const host = scope.use(await Host.create(scope.folder(), { env: keyed }));
  await host.start();
  const definition = {
    description: 'd', instructions: '', tools: [], limits: {}, model: { provider: 'scripted', name: 's', parameters: { script: [{ text: 'For your eyes only.' }] } },
  };
  await host.call('PUT', '/agents/name/keeper/definition', definition, bearer(alice));
  const task = await host.rpc('keeper', 'task/create', {}, bearer(alice));
  await host.rpc('keeper', 'event/send', { task_id: task.id, content: { type: 'text', author: 'user', content: 'Go.' } }, bearer(alice));
  const watching = watch(host, task.id, alice);
  await within('the answer', (async () => {
    while (!(await host.call('GET', `/messages?task_id=${task.id}`, undefined, bearer(alice))).some(m => m.content.content === 'For your eyes only.')) await new Promise(r => setTimeout(r, 50));
  })());
  await host.call('POST', `/tasks/${task.id}/complete`, {}, bearer(alice));
  equal((await watching).some(f => JSON.stringify(f.update).includes('For your eyes only.')), true, 'what the page saw holds the answer');

  equal(/does not exist/.test(await watch(host, task.id, bob).then(() => 'seen', e => e.message)), true, 'another owner');
  equal(/401/.test(await watch(host, task.id, 'guessed').then(() => 'seen', e => e.message)), true, 'a key that is none');
  equal((await fetch(`${host.url}/tasks/${task.id}/stream`)).status, 401, 'no key');
  equal((await fetch(`${host.url}/tasks/${task.id}/stream?access_token=${bob}`)).status, (await fetch(`${host.url}/tasks/unknown/stream?access_token=${bob}`)).status, 'a foreign task looks like none');
});

test('a mistake in the settings of access ends the start with its name', async scope => {
  const host = scope.use(await Host.create(scope.folder(), { env: { ...keyed, Auth__Keys__1__Key: 'guess' } }));
  const message = await host.start().then(() => 'started', error => error.message);
  equal(await host.exited, 1, 'exit status');
  equal(/^Auth:Keys:1:Key is shorter than/m.test(message), true, `the message: ${message}`);
  equal(/\bat \w+\./.test(message), false, `no stack trace: ${message}`);
});
