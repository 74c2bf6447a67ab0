// Our server's command line as a process: in memory, or on a PostgreSQL given by its connection string.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as grpc from '@grpc/grpc-js';

const CONFIGURATION = process.env.CONFIGURATION ?? 'Release';
const DLL = join(dirname(fileURLToPath(import.meta.url)), `../../temporal/Temporalio.Server.Cli/bin/${CONFIGURATION}/net10.0/temporal-server.dll`);

export async function startServer({ databaseUrl, port } = {}) {
  port ??= await freePort();
  const args = [DLL, 'server', 'start-dev', '--port', String(port), '--headless', ...(databaseUrl ? ['--database-url', databaseUrl] : [])];
  const child = spawn('dotnet', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const address = `127.0.0.1:${port}`;
  await answering(address, child);
  const stop = (signal = 'SIGTERM') => new Promise((resolve) => { child.once('exit', resolve); child.kill(signal); });
  return { address, port, child, stop };
}

export function freePort() {
  return new Promise((resolve) => { const s = createServer(); s.listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)); }); });
}

async function answering(address, child) {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  for (let k = 0; ; k++) {
    const ok = await new Promise((r) => client.waitForReady(Date.now() + 500, (e) => r(!e)));
    if (ok) break;
    if (k > 60 || child.exitCode !== null) throw new Error('the server did not start');
  }
  client.close();
}
