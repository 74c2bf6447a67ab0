// Clients of Redis as they are: what they write, viewers see; what anybody writes, they read.
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { equal, test, until, within } from '../lib/cases.mjs';
import { freePort, Host } from '../lib/host.mjs';
import { EventViewer } from '../lib/sse.mjs';
import { Viewer } from '../lib/viewer.mjs';

const delta = text => JSON.stringify({ type: 'delta', index: null, parent_task_message: null, delta: { type: 'text', text_delta: text } });
const textOf = data => JSON.parse(data).delta?.text_delta ?? JSON.parse(data).task.status;

test('ioredis and redis from npm write and read a task\'s stream, and viewers see the same', async scope => {
  const host = scope.use(await Host.create(scope.folder(), { streamPort: await freePort() }));
  await host.start();
  await host.call('POST', '/agents/register', { name: 'writer', description: 'd', acp_url: 'http://127.0.0.1:9', acp_type: 'sync' });
  const task = await host.rpc('writer', 'task/create', {});
  const key = `task:${task.id}`;
  const hub = scope.use(new Viewer(host.url, task.id));
  const events = scope.use(new EventViewer(host.url, task.id));

  const ioredis = new Redis({ port: host.streamPort, host: '127.0.0.1', connectionName: 'case', lazyConnect: true, retryStrategy: null });
  const waiting = ioredis.duplicate();
  for (const client of [ioredis, waiting]) client.on('error', () => {});
  scope.use({ stop() { ioredis.disconnect(); waiting.disconnect(); } });
  // It asks INFO until the server says that it has loaded.
  await within('ioredis to be ready', Promise.all([ioredis.connect(), waiting.connect()]));
  const node = { 2: null, 3: null };
  for (const protocol of [2, 3]) {
    node[protocol] = createClient({ url: `redis://127.0.0.1:${host.streamPort}/1`, RESP: protocol, name: 'case', socket: { reconnectStrategy: false } });
    // The host ends it at last; a client without a listener would take the process with it.
    node[protocol].on('error', () => {});
    await within(`redis to be ready in version ${protocol}`, node[protocol].connect());
    scope.use({ stop: () => node[protocol].isOpen && node[protocol].destroy() });
  }

  // Three readers that wait, each with its own way to go on.
  const read = { ioredis: [], 2: [], 3: [] };
  const finished = texts => texts.at(-1) === 'COMPLETED';
  const readers = [
    (async () => {
      for (let last = '$'; !finished(read.ioredis);) {
        const streams = await waiting.xread('COUNT', 10, 'BLOCK', 2000, 'STREAMS', key, last === '$' && read.ioredis.length === 0 ? '0' : last);
        for (const [id, [, data]] of streams?.[0][1] ?? []) { last = id; read.ioredis.push(textOf(data)); }
      }
    })(),
    ...[2, 3].map(async protocol => {
      const client = node[protocol].duplicate();
      client.on('error', () => {});
      await client.connect();
      scope.use({ stop: () => client.isOpen && client.destroy() });
      for (let last = '0-0'; !finished(read[protocol]);) {
        const streams = await client.xRead({ key, id: last }, { COUNT: 3, BLOCK: 2000 });
        for (const { id, message } of streams?.[0]?.messages ?? []) { last = id; read[protocol].push(textOf(message.data)); }
      }
    }),
  ];

  const expected = [];
  for (let n = 0; n < 5; n++) {
    const piped = await ioredis.pipeline().xadd(key, 'MAXLEN', '~', 10000, '*', 'data', delta(`i${n} `)).expire(key, 3600).exec();
    equal([piped[0][0], /^\d{13}-\d+$/.test(piped[0][1]), piped[1]], [null, true, [null, 1]], 'the answers to ioredis');
    for (const protocol of [2, 3]) await node[protocol].xAdd(key, '*', { data: delta(`n${protocol}.${n} `) }, { TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: 10000 } });
    expected.push(`i${n} `, `n2.${n} `, `n3.${n} `);
  }
  equal([await ioredis.xlen(key), await ioredis.exists(key), await ioredis.type(key), await ioredis.ttl(key)], [15, 1, 'stream', -1], 'what ioredis knows of the key');
  equal((await ioredis.xrevrange(key, '+', '-', 'COUNT', 2)).map(([, [, data]]) => textOf(data)), ['n3.4 ', 'n2.4 '], 'the last two, backwards');
  equal((await node[3].xRange(key, '-', '+', { COUNT: 2 })).map(({ message }) => textOf(message.data)), ['i0 ', 'n2.0 '], 'the first two');
  equal((await node[3].xInfoStream(key)).length, 15, 'the length that redis is told');
  // Nobody can take away what viewers replay.
  equal([await ioredis.del(key), await node[2].unlink(key), await node[3].xTrim(key, 'MAXLEN', 0)], [0, 0, 0], 'what was removed');
  equal(await ioredis.xread('STREAMS', key, 'x').catch(error => error.message), 'ERR Invalid stream ID specified as stream command argument', 'the refusal');

  await host.call('POST', `/tasks/${task.id}/complete`, {});
  await within('the readers to end', Promise.all(readers));
  await within('the viewers to end', Promise.all([hub.ended, events.ended]));
  expected.push('COMPLETED');
  for (const name of ['ioredis', 2, 3]) equal(read[name], expected, `what reader ${name} got`);
  equal(hub.frames.map(frame => textOf(JSON.stringify(frame.update))), expected, 'what the hub showed');
  equal(events.updates.map(({ update }) => textOf(JSON.stringify(update))), expected, 'what the event stream showed');
  equal([hub.faults, events.faults], [[], []], 'faults of the viewers');

  // A host that stops ends those who wait.
  const blocked = waiting.xread('BLOCK', 0, 'STREAMS', key, '$').catch(() => 'ended');
  await until('the reader to wait', async () => /blocked_clients:1\r/.test(await ioredis.info('clients')));
  equal([await host.drain(), await within('the reader to be let go', blocked)], [0, 'ended'], 'the end');
});
