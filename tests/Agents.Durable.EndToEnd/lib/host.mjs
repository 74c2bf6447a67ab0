// The host as a process of its own: started, killed, started again on the same data and ports.
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until, within } from './cases.mjs';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
const dll = process.env.AGENTS_HOST_DLL
  ?? join(root, 'src/Agents.Durable.Host/bin/Release/net10.0/Agents.Durable.Host.dll');

export class Host {
  static async create(data, { env = {}, args = [], streamPort = -1 } = {}) {
    const host = new Host();
    Object.assign(host, { data, env, args, streamPort, port: await freePort(), temporalPort: await freePort(), log: '' });
    host.url = `http://127.0.0.1:${host.port}`;
    return host;
  }

  // Resolves once the host serves. `env` counts for this start only.
  async start(env = {}) {
    const args = [dll, '--port', this.port, '--temporal-port', this.temporalPort, '--stream-port', this.streamPort, '--data', this.data, ...this.args];
    const child = spawn('dotnet', args.map(String), { env: { Auth__Mode: 'Development', ...process.env, ...this.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    this.exited = new Promise(resolve => child.once('exit', (code, signal) => resolve(signal ?? code)));
    const ready = new Promise((resolve, reject) => {
      const take = chunk => { this.log += chunk; if (this.log.includes('Ready:')) resolve(); };
      this.log = '';
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      this.exited.then(how => reject(new Error(`The host ended (${how}) before it was ready:\n${this.log}`)));
    });
    await within('the host to be ready', ready).catch(error => { throw new Error(`${error.message}\n${this.log}`); });
    return this;
  }

  // As by `kill -9`, at once.
  kill() { this.process.kill('SIGKILL'); return this.exited; }

  // The embedded PostgreSQL's main process.
  get postgres() { return Number(readFileSync(join(this.data, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]); }

  // `kill -9` of PostgreSQL under the living host; resolves once the host serves from the next one.
  async killPostgres() {
    const killed = this.postgres;
    process.kill(killed, 'SIGKILL');
    await until('PostgreSQL to run again', () => existsSync(join(this.data, 'postgres', 'data', 'postmaster.pid')) && this.postgres !== killed && this.isReady());
  }

  async isReady() { return (await fetch(`${this.url}/readyz`).catch(() => null))?.ok; }

  async drain(signal = 'SIGTERM') {
    this.process.kill(signal);
    return within('the host to drain', this.exited);
  }

  // Ends the host and the embedded PostgreSQL, which outlives a killed host on purpose.
  async stop() {
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) {
      await this.drain().catch(() => this.kill());
    }
    const file = join(this.data, 'postgres', 'data', 'postmaster.pid');
    if (existsSync(file)) {
      const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
      try { process.kill(pid, 'SIGINT'); } catch { return; }
      for (let i = 0; i < 400 && existsSync(file); i++) await new Promise(resolve => setTimeout(resolve, 25));
    }
  }

  // Rows of a query to the embedded PostgreSQL, whether the host lives or not.
  query(sql) {
    const socket = readFileSync(join(this.data, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[4];
    const out = execFileSync('psql', ['-h', socket, '-U', 'durable', '-d', 'durable', '-qAtX', '-c', `SELECT coalesce(json_agg(q), '[]') FROM (${sql}) q`], { encoding: 'utf8' });
    return JSON.parse(out);
  }

  async call(method, path, body, headers = {}) {
    const response = await fetch(this.url + path, {
      method, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }, body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text ? JSON.parse(text) : null;
  }

  async rpc(agent, method, params, headers) {
    const answer = await this.call('POST', `/agents/name/${agent}/rpc`, { jsonrpc: '2.0', id: 1, method, params }, headers);
    if (answer.error) throw new Error(`${method} answered ${JSON.stringify(answer.error)}`);
    return answer.result;
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
