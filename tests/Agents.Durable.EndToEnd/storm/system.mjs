// The running system of a storm: its processes, what is killed of it and when, and the calls that clients make.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, Host } from '../lib/host.mjs';
import { patience, until } from '../lib/cases.mjs';

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
// How long after a process serves again a call may still fail because it was away.
const grace = 4_000;

export class System {
  // Modes: `whole` is one process with everything, `parts` an engine, two gateways and two workers on one database.
  static async start(scope, mode, env) {
    const system = new System();
    Object.assign(system, { mode, faults: [], downs: [], kills: [], stopped: false });
    const data = scope.folder();
    const create = async (folder, args, more = {}) => scope.use(await Host.create(folder, { args, env: { ...env, ...more }, streamPort: await freePort() }));
    if (mode === 'whole') {
      const host = await create(data, []);
      await host.start();
      Object.assign(system, { engine: host, gateways: [host], processes: { host } });
      return system;
    }

    const engine = await create(data, ['--roles', 'temporal']);
    await engine.start();
    const socket = readFileSync(join(data, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[4];
    const elsewhere = { ConnectionStrings__Default: `Host=${socket};Username=durable;Database=durable`, Temporal__Address: `127.0.0.1:${engine.temporalPort}` };
    const start = async (roles, folder, more) => {
      const host = await create(folder, ['--roles', roles], more);
      host.temporalPort = engine.temporalPort;
      return host.start();
    };
    const [gateway, gateway2, worker, worker2] = await Promise.all([
      start('gateway', data), start('gateway', scope.folder(), elsewhere), start('worker', data), start('worker', scope.folder(), elsewhere),
    ]);
    return Object.assign(system, { engine, gateways: [gateway, gateway2], processes: { engine, gateway, gateway2, worker, worker2 } });
  }

  fault(text) { this.faults.push(text); }

  // Kills what the plan names when its time comes, and starts it again; a victim that is not up is left alone.
  async rage(plan, agents) {
    const busy = new Map();
    const begun = Date.now();
    for (const { at, victim, rest } of plan) {
      await pause(Math.max(0, begun + at - Date.now()));
      // PostgreSQL is started again by the engine's process, so the two do not die at once.
      const name = victim === 'postgres' ? (this.mode === 'whole' ? 'host' : 'engine') : victim;
      if (busy.has(name)) continue;
      const down = { victim, from: Date.now(), to: Infinity };
      this.downs.push(down);
      this.kills.push(victim);
      busy.set(name, this.#strike(victim, rest, agents).catch(error => this.fault(`${victim} does not come back: ${error.message}`)).then(() => { down.to = Date.now(); busy.delete(name); }));
    }
    await Promise.all(busy.values());
  }

  async #strike(victim, rest, agents) {
    if (agents[victim]) {
      agents[victim].kill();
      await pause(rest);
      await agents[victim].revive();
    } else if (victim === 'postgres') {
      await this.engine.killPostgres();
      await until('the gateways to serve again', async () => (await Promise.all(this.gateways.map(g => g.isReady()))).every(Boolean));
    } else {
      await this.processes[victim].kill();
      await pause(rest);
      await this.processes[victim].start();
      await until('the process to serve', () => this.processes[victim].isReady());
    }
  }

  // Whether anything was away between the times.
  wasDown(from, to) { return this.downs.some(d => d.from <= to && d.to + grace >= from); }

  // One request: { status, json } or, when no answer came, { lost: true }. What no answer may ever be is a fault.
  async ask(gateway, method, path, body, { headers = {}, signal, limit = patience } = {}) {
    const from = Date.now();
    try {
      const response = await fetch(gateway.url + path, {
        method, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }, body: body === undefined ? undefined : JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, AbortSignal.timeout(limit + 15_000)]) : AbortSignal.timeout(limit + 15_000),
      });
      const text = await response.text();
      if (response.status >= 500 && (response.status !== 503 || !this.wasDown(from, Date.now()))) this.fault(`${method} ${path} ${JSON.stringify(body)} answered ${response.status}: ${text}`);
      return { status: response.status, text, json: text && response.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : null };
    } catch (error) {
      if (signal?.aborted) return { lost: true, left: true };
      if (error.name === 'TimeoutError') this.fault(`${method} ${path} ${JSON.stringify(body)} was not answered in ${(limit + 15_000) / 1000} s`);
      else if (!(error instanceof TypeError)) throw error;
      else if (!this.wasDown(from, Date.now())) this.fault(`${method} ${path} ${JSON.stringify(body)} lost its connection although nothing was down: ${error.cause ?? error}`);
      return { lost: true };
    }
  }

  rpc(gateway, agent, method, params, options) { return this.ask(gateway, 'POST', `/agents/name/${agent}/rpc`, { jsonrpc: '2.0', id: 1, method, params }, options); }

  // Repeats a call that may be repeated until it is answered; the last answer, and whether some try was lost.
  async persist(call) {
    let unsure = false;
    for (const end = Date.now() + patience; ;) {
      const answer = await call(unsure);
      if (!answer.lost && answer.status < 500) return { ...answer, unsure };
      unsure = true;
      if (Date.now() > end) {
        this.fault('a call was in vain for a minute');
        return { lost: true, unsure };
      }
      await pause(100);
    }
  }
}

export { pause };
