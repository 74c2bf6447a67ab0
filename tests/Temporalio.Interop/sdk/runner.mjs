// Runs one scenario against a server: gives it a client, a task queue and workers of its own, then collects what it left behind.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as client from '@temporalio/client';
import * as common from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';
import { Names, Player } from '../play.mjs';
import { events, failure, outcome } from './normalise.mjs';
import { WireProxy } from './wire-proxy.mjs';

export const NAMESPACE = 'default';
const here = dirname(fileURLToPath(import.meta.url)), modules = join(here, '../node_modules');
const { Client, Connection } = client, sdk = { client, common };
const logs = [];
export const installRuntime = () => Runtime.install({ logger: new DefaultLogger('WARN', (entry) => logs.push(entry)), shutdownSignals: [], telemetryOptions: { logging: { filter: 'OFF' } } });
const quiet = new DefaultLogger('ERROR');

// workflows/<code>.mjs of `dir` as a bundle, with <code>.interceptors.mjs and <code>.failure-converter.cjs beside it if they exist; built once per content.
const bundles = new Map();
export function bundle(dir, code) {
  const path = join(dir, 'workflows', code + '.mjs');
  if (!bundles.has(path)) bundles.set(path, build(dir, path));
  return bundles.get(path);
}
const beside = (path, suffix) => { const p = path.replace(/\.mjs$/, suffix); return existsSync(p) ? p : undefined; };
async function build(dir, path) {
  const hash = createHash('sha256');
  for (const d of [join(here, 'workflows'), join(dir, 'workflows')]) for (const f of readdirSync(d).sort()) if (statSync(join(d, f)).isFile()) hash.update(f).update(readFileSync(join(d, f)));
  const interceptors = beside(path, '.interceptors.mjs'), failureConverterPath = beside(path, '.failure-converter.cjs');
  const cache = join(tmpdir(), `golden-bundles-${process.getuid?.() ?? 0}`, hash.update(path).digest('hex').slice(0, 24) + '.js');
  if (!existsSync(cache)) {
    const { code } = await bundleWorkflowCode({ workflowsPath: path, workflowInterceptorModules: interceptors ? [interceptors] : [], failureConverterPath, logger: quiet, webpackConfigHook: (c) => ({ ...c, resolve: { ...c.resolve, modules: [...c.resolve.modules, modules] }, resolveLoader: { modules: [modules] } }) });
    mkdirSync(dirname(cache), { recursive: true }); writeFileSync(cache, code);
  }
  return { workflowBundle: { code: readFileSync(cache, 'utf8') }, ...(interceptors ? { interceptors: { workflowModules: [interceptors] } } : {}), ...(failureConverterPath ? { dataConverter: { failureConverterPath } } : {}) };
}

// Every scenario of scenarios/*.mjs of `dir`: default export = [{ name, about, run, … }].
export async function scenarios(dir, only) {
  const found = [];
  for (const file of readdirSync(join(dir, 'scenarios')).filter((f) => f.endsWith('.mjs')).sort()) {
    const topic = file.replace('.mjs', ''), module = await import(pathToFileURL(join(dir, 'scenarios', file)));
    for (const s of module.default) { const label = `${topic}-${s.name}`; if (!only || only.test(label)) found.push({ ...s, topic, label, dir, code: s.code ?? module.code ?? topic }); }
  }
  return found;
}

const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
export class Lab {
  static async open(address) {
    const lab = new Lab();
    Object.assign(lab, { address, player: new Player(address), connection: await Connection.connect({ address }), native: await NativeConnection.connect({ address }) });
    return lab;
  }
  async close() { this.player.close(); await this.connection.close(); await this.native.close(); }

  // { outcome, histories, raw, wire }: what the scenario saw and left, normalised; raw is the proto3 JSON of each history.
  async play(scenario, { wire = false } = {}) {
    const u = randomBytes(5).toString('hex'), names = new Names(u), proxy = wire ? await WireProxy.start(this.address) : null;
    const native = proxy ? await NativeConnection.connect({ address: proxy.address }) : this.native;
    const ctx = this.#context(scenario, u, native);
    try {
      let seen;
      try {
        if (scenario.worker !== false) await ctx.startWorker(scenario.worker ?? {});
        seen = await scenario.run(ctx);
        if (!proxy || scenario.settle) await sleep(scenario.settle ?? 0);
      } finally { await ctx.stopWorkers(); }
      const result = { outcome: outcome(seen, names), ...(await this.#histories(ctx, names, scenario)) };
      if (proxy) result.wire = proxy.recording(names, scenario.mask);
      return result;
    } finally {
      await ctx.cleanUp();
      if (proxy) { await native.close(); proxy.stop(); }
    }
  }

  #context(scenario, u, native) {
    const taskQueue = `tq-${u}`, tracked = [], workers = [], later = [], client = new Client({ connection: this.connection, namespace: NAMESPACE, identity: 'golden-client' });
    const lab = this, id = (name = 'wf') => `${name}-${u}`;
    const ctx = {
      sdk, u, taskQueue, client, id, tracked, failure, sleep, namespace: NAMESPACE, connection: this.connection,
      clientWith: (options) => new Client({ connection: this.connection, namespace: NAMESPACE, identity: 'golden-client', ...options }),
      eagerClient: new Client({ connection: native, namespace: NAMESPACE, identity: 'golden-client' }),
      logs: () => logs.filter((l) => JSON.stringify(l.meta ?? {}).includes(u)).map((l) => `${l.level} ${l.message}`),
      track: (workflowId, runId) => { tracked.push({ workflowId, runId }); },
      // options: { id = 'wf', args, using (another client), …WorkflowStartOptions }
      start: async (type, { id: name, args = [], using = client, ...options } = {}) => {
        const handle = await using.workflow.start(type, { taskQueue, workflowId: id(name), args, ...options });
        ctx.track(handle.workflowId, handle.firstExecutionRunId); return handle;
      },
      execute: async (type, options) => (await ctx.start(type, options)).result(),
      attempt: async (promise) => { try { const value = await (typeof promise === 'function' ? promise() : promise); return { ok: value === undefined ? null : value }; } catch (e) { return { error: failure(e) }; } },
      until: async (what, within = 60_000) => { const end = Date.now() + within; for (;;) { const v = await what(); if (v) return v; if (Date.now() > end) throw new Error(`not within ${within} ms: ${what}`); await sleep(40); } },
      rpc: async (method, request) => { const a = await lab.player.call(method, { namespace: NAMESPACE, ...request }, 60_000); if (a.code !== 'OK') throw Object.assign(new Error(a.message), { code: a.code, details: a.details }); return a.response; },
      describe: (handle) => ctx.rpc('DescribeWorkflowExecution', { execution: { workflowId: handle.workflowId, runId: handle.runId ?? '' } }),
      // Waits until no workflow task is pending (and, if given, until the predicate on the raw description holds).
      idle: (handle, also = () => true) => ctx.until(async () => { const d = await ctx.describe(handle); return !d.pendingWorkflowTask && also(d) ? d : null; }),
      activityStarted: (handle, attempt = 1) => ctx.idle(handle, (d) => d.pendingActivities?.some((a) => a.state === 'PENDING_ACTIVITY_STATE_STARTED' && a.attempt === attempt)),
      history: async (handle) => (await ctx.rpc('GetWorkflowExecutionHistory', { execution: { workflowId: handle.workflowId, runId: handle.runId ?? '' } })).history.events,
      eventTypes: async (handle) => (await ctx.history(handle)).map((e) => e.eventType.replace('EVENT_TYPE_', '')),
      startWorker: async ({ code = scenario.code, dir = scenario.dir, activities, dataConverter, interceptors, ...options } = {}) => {
        const b = await bundle(dir, code);
        const worker = await Worker.create({ connection: native, namespace: NAMESPACE, taskQueue, identity: 'golden-worker', maxConcurrentWorkflowTaskPolls: 2, maxConcurrentActivityTaskPolls: 2, workflowThreadPoolSize: 1, debugMode: true, shutdownGraceTime: 0, ...b,
          activities: activities ?? (await import(pathToFileURL(join(existsSync(join(dir, 'activities.mjs')) ? dir : here, 'activities.mjs')))).activities(client),
          ...(dataConverter || b.dataConverter ? { dataConverter: { ...b.dataConverter, ...dataConverter } } : {}), ...(interceptors || b.interceptors ? { interceptors: { ...b.interceptors, ...interceptors } } : {}), ...options });
        const running = worker.run(), w = { worker, stopped: false, stop: async () => { if (w.stopped) return; w.stopped = true; worker.shutdown(); await running; } };
        running.catch((e) => { w.failed = e; }); workers.push(w); return w;
      },
      stopWorkers: async () => { for (const w of workers) await w.stop(); },
      defer: (f) => later.push(f),
      cleanUp: async () => { for (const f of later) await f().catch(() => {}); },
    };
    return ctx;
  }

  // Follows every tracked execution through its successors and children.
  async #histories(ctx, names, scenario) {
    const queue = [...ctx.tracked], seen = new Map();
    while (queue.length) {
      const { workflowId, runId = (await ctx.describe({ workflowId })).workflowExecutionInfo.execution.runId } = queue.shift();
      if (seen.has(runId)) continue;
      const json = { events: [] };
      for (let nextPageToken = ''; ;) { const page = await ctx.rpc('GetWorkflowExecutionHistory', { execution: { workflowId, runId }, nextPageToken }); json.events.push(...page.history.events); if (!page.nextPageToken) break; nextPageToken = page.nextPageToken; }
      seen.set(runId, { workflowId, runId, json, time: json.events[0].eventTime });
      for (const e of json.events) for (const a of Object.values(e).filter((v) => v && typeof v === 'object')) {
        if (a.newExecutionRunId) queue.push({ workflowId, runId: a.newExecutionRunId });
        if (e.childWorkflowExecutionStartedEventAttributes) queue.push(e.childWorkflowExecutionStartedEventAttributes.workflowExecution);
      }
      if (!/_(COMPLETED|FAILED|TIMED_OUT|CANCELED|TERMINATED|CONTINUED_AS_NEW)$/.test(json.events.at(-1).eventType.replace('WORKFLOW_TASK', ''))) ctx.defer(() => ctx.client.workflow.getHandle(workflowId, runId).terminate());
    }
    const histories = {}, raw = [];
    const sorted = [...seen.values()].sort((a, b) => (a.workflowId !== b.workflowId ? (a.workflowId < b.workflowId ? -1 : 1) : Date.parse(a.time) - Date.parse(b.time)));
    for (const { workflowId, runId, json } of sorted) {
      const same = sorted.filter((s) => s.workflowId === workflowId), key = names.text(workflowId) + (same.length > 1 ? `#${1 + same.findIndex((s) => s.runId === runId)}` : '');
      histories[key] = events(json, names, scenario.mask);
      if (scenario.raw !== false) raw.push(unstack(json));
    }
    return { histories, raw };
  }
}
const unstack = (v) => (Array.isArray(v) ? v.map(unstack) : v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, k === 'stackTrace' && x ? '<stack>' : unstack(x)])) : v);
