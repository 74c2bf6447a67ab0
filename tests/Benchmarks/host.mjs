// The host as a user runs it: memory, task create to first streamed message, and how soon it goes on after kill -9.
//   node tests/Benchmarks/host.mjs [latency|memory|restart ...]       (needs a Release build and `npm ci` in tests/Agents.Durable.EndToEnd)
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Host } from '../Agents.Durable.EndToEnd/lib/host.mjs';
import { Model } from '../Agents.Durable.EndToEnd/lib/model.mjs';
import { Viewer } from '../Agents.Durable.EndToEnd/lib/viewer.mjs';

const sorted = values => [...values].sort((a, b) => a - b);
const quantile = (values, q) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * q))];
const text = content => ({ type: 'text', author: 'user', content });
const until = async probe => { while (!(await probe())) await new Promise(resolve => setTimeout(resolve, 5)); };

// Resident memory of a process and of those it started, PostgreSQL apart, in MB.
function resident(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const children = readdirSync(`/proc/${pid}/task`).flatMap(t => readFileSync(`/proc/${pid}/task/${t}/children`, 'utf8').split(' ').filter(Boolean));
  if (/^Name:\s+postgres/m.test(status)) return 0;
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)[1]) / 1024 + children.reduce((sum, child) => sum + resident(child), 0);
}

// Seconds of CPU that a host has used.
const cpu = host => readFileSync(`/proc/${host.process.pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;

async function withHost(env, body) {
  const folder = mkdtempSync(join(tmpdir(), 'durable-bench-'));
  const host = await Host.create(folder, { env: { Logging__LogLevel__Default: 'Warning', ...env } });
  try {
    await host.start();
    await body(host);
  } finally {
    await host.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const scripted = (script, limits) => ({ description: 'Measured', instructions: '', tools: ['workspace'], limits, model: { provider: 'scripted', name: 's', parameters: { script } } });

const programs = {
  // A model that answers at once, over HTTP: what is measured is this system. The bare model is asked the same way for comparison.
  async latency() {
    const model = await Model.start(() => [{ deltas: ['One ', 'two ', 'three.'] }], { pace: 0 });
    const bare = [];
    for (let i = 0; i < 120; i++) {
      const begun = performance.now();
      const response = await fetch(`${model.url}/chat/completions`, { method: 'POST', body: JSON.stringify({ stream: true, messages: [{ role: 'user', content: 'run-x' }] }) });
      const reader = response.body.getReader();
      await reader.read();
      if (i >= 20) bare.push(performance.now() - begun);
      await reader.cancel();
    }
    await withHost({ OPENAI_BASE_URL: model.url }, async host => {
      await host.call('PUT', '/agents/name/quick/definition', {
        description: 'Measured', instructions: '', tools: [], limits: { max_turns: 1 }, model: { provider: 'openai', name: 'm', parameters: {} },
      });
      const [created, first] = [[], []];
      for (let i = 0; i < 220; i++) {
        const begun = performance.now();
        const task = await host.rpc('quick', 'task/create', { name: `t${i}` });
        const made = performance.now() - begun;
        let seen;
        const delta = new Promise(resolve => { seen = resolve; });
        const viewer = new Viewer(host.url, task.id, { onFrame: frame => frame.update.type === 'delta' && seen(performance.now() - begun) });
        await host.rpc('quick', 'event/send', { task_id: task.id, content: text(`run-${i} go`) });
        const took = await delta;
        await viewer.ended;
        await viewer.stop();
        if (i >= 20) { created.push(made); first.push(took); }
      }
      console.log(`bare model, request to first delta: p50 ${quantile(bare, 0.5).toFixed(1)} ms`);
      console.log(`task/create: p50 ${quantile(created, 0.5).toFixed(1)} ms, p99 ${quantile(created, 0.99).toFixed(1)} ms`);
      console.log(`task/create, subscribe, event/send to first streamed delta: p50 ${quantile(first, 0.5).toFixed(1)} ms, p99 ${quantile(first, 0.99).toFixed(1)} ms`);
    });
    await model.stop();
  },

  async memory() {
    await withHost({}, async host => {
      await new Promise(resolve => setTimeout(resolve, 3000));
      console.log(`idle: ${resident(host.process.pid).toFixed(0)} MB resident`);
      await host.call('PUT', '/agents/name/parked/definition', scripted([{ deltas: ['Done.'] }], {}));
      const begun = performance.now();
      let next = 0, last;
      await Promise.all(Array.from({ length: 16 }, async () => {
        while (next < 1000) {
          const i = next++;
          const task = await host.rpc('parked', 'task/create', { name: `t${i}` });
          await host.rpc('parked', 'event/send', { task_id: task.id, content: text('Go') });
          last = task;
        }
      }));
      const accepted = performance.now() - begun;
      const answered = () => host.query(`SELECT count(*) AS n FROM model_calls WHERE facts IS NOT NULL`)[0].n === 1000;
      await until(answered);
      const done = performance.now() - begun;
      await new Promise(resolve => setTimeout(resolve, 3000));
      console.log(`1,000 open tasks with one answer each (accepted in ${(accepted / 1000).toFixed(1)} s, answered in ${(done / 1000).toFixed(1)} s): ${resident(host.process.pid).toFixed(0)} MB resident`);
      await new Promise(resolve => setTimeout(resolve, 45000));
      console.log(`the same 45 s later: ${resident(host.process.pid).toFixed(0)} MB resident (task ${last.id})`);
    });
  },

  // By the times of the stream's rows, so that only the host is measured and not those who watch.
  async restart() {
    const tasks = Number(process.env.TASKS ?? 200);
    const script = Array.from({ length: 60 }, (_, n) => ({ deltas: ['a ', 'b ', 'c ', 'd '], delay_ms: 50, tool_calls: [{ name: 'write_file', arguments: { path: `${n}`, content: `${n}` } }] }));
    await withHost({}, async host => {
      await host.call('PUT', '/agents/name/busy/definition', scripted([...script, { deltas: ['Done.'] }], { max_iterations: 100, max_turns: 1 }));
      await Promise.all(Array.from({ length: tasks }, async (_, i) => {
        const task = await host.rpc('busy', 'task/create', { name: `t${i}` });
        await host.rpc('busy', 'event/send', { task_id: task.id, content: text('Go') });
      }));
      const moved = since => host.query(`SELECT extract(epoch FROM min(at)) * 1000 AS at FROM task_stream WHERE at > to_timestamp(${since / 1000}) GROUP BY task_id`).map(r => Number(r.at));
      const clock = () => performance.timeOrigin + performance.now();
      const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
      const loaded = clock();
      while (moved(loaded).length < tasks) await pause(100);
      await pause(1500);
      await host.kill();
      const begun = clock();
      await host.start();
      const ready = clock();
      const used = cpu(host);
      while (moved(begun).length < tasks) await pause(100);
      const moving = sorted(moved(begun));
      const at = (time, from) => ((time - from) / 1000).toFixed(2);
      console.log(`${tasks} running tasks, host killed: ready ${at(ready, begun)} s after its start; moving after it was up: first ${at(moving[0], ready)} s, `
        + `half ${at(quantile(moving, 0.5), ready)} s, all ${at(moving.at(-1), ready)} s (CPU of the host until it was up ${used} s, since then ${(cpu(host) - used).toFixed(2)} s; load of the machine ${loadavg()[0].toFixed(1)})`);
    });
  },
};

const wanted = process.argv.slice(2);
for (const [name, program] of Object.entries(programs)) if (wanted.length === 0 || wanted.includes(name)) await program();
process.exit(0);
