// An engine as somebody else runs it: another database, a namespace of our own in it, mutual TLS in front of it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { Host } from '../lib/host.mjs';
import { equal, test, until } from '../lib/cases.mjs';

// A certificate that signs itself, for the name and the loopback address.
function certificate(folder, name) {
  const file = kind => join(folder, `${name}.${kind}`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
    '-addext', `subjectAltName=DNS:${name}`, '-keyout', file('key'), '-out', file('pem')], { stdio: 'ignore' });
  return { certFile: file('pem'), keyFile: file('key'), cert: readFileSync(file('pem')), key: readFileSync(file('key')) };
}

// Whoever shows the known certificate is let through to the port.
async function gate(port, own, known) {
  const sockets = new Set();
  const server = createServer({ cert: own.cert, key: own.key, ca: known.cert, requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['h2'] }, socket => {
    const inner = connect(port, '127.0.0.1');
    for (const one of [socket, inner]) { sockets.add(one); one.on('error', () => {}).on('close', () => { socket.destroy(); inner.destroy(); }); }
    socket.pipe(inner).pipe(socket);
  });
  server.on('tlsClientError', () => {});
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, stop: () => { for (const socket of sockets) socket.destroy(); server.close(); } };
}

test('agents run on an engine behind mutual TLS, in a namespace that is made for them', async scope => {
  const folder = scope.folder();
  const [cluster, us] = ['engine.test', 'agents.test'].map(name => certificate(folder, name));
  const engine = scope.use(await Host.create(scope.folder(), { args: ['--roles', 'temporal'] }));
  await engine.start();
  const way = scope.use(await gate(engine.temporalPort, cluster, us));

  const host = scope.use(await Host.create(scope.folder(), {
    args: ['--roles', 'gateway,worker'],
    env: {
      Temporal__Address: `127.0.0.1:${way.port}`, Temporal__Namespace: 'a-team', Temporal__ServerName: 'engine.test',
      Temporal__AuthorityFile: cluster.certFile, Temporal__CertificateFile: us.certFile, Temporal__KeyFile: us.keyFile,
    },
  }));
  await host.start();
  await host.call('PUT', '/agents/name/far/definition', {
    description: 'd', instructions: '', tools: [], limits: {}, model: { provider: 'scripted', name: 's', parameters: { script: [{ text: 'Hello from afar.' }] } },
  });
  const task = await host.rpc('far', 'task/create', {});
  await host.rpc('far', 'event/send', { task_id: task.id, content: { type: 'text', author: 'user', content: 'Go.' } });
  await until('the answer', async () => (await host.call('GET', `/messages?task_id=${task.id}`)).some(m => m.content.content === 'Hello from afar.'));
});

test('a certificate without its key ends the start with the names of both', async scope => {
  const host = scope.use(await Host.create(scope.folder(), { args: ['--roles', 'gateway,worker'], env: { Temporal__Address: '127.0.0.1:9', Temporal__CertificateFile: '/nowhere' } }));
  const message = await host.start().then(() => 'started', error => error.message);
  equal(await host.exited, 1, 'exit status');
  equal(/^Temporal:CertificateFile and Temporal:KeyFile belong together/m.test(message), true, `the message: ${message}`);
});
