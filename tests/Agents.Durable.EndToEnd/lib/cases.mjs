// A case is a name and a function that throws; `using` collects what must be stopped whatever happens.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// How long any case waits for anything.
export const patience = 60_000;
const cases = [];

export function test(name, body) { if (name.includes(process.env.CASE ?? '')) cases.push({ name, body }); }

export async function run() {
  let passed = 0, failed = 0;
  for (const { name, body } of cases) {
    const stops = [];
    const scope = {
      use(thing) { stops.unshift(() => thing.stop()); return thing; },
      folder() {
        const folder = mkdtempSync(join(tmpdir(), 'durable-e2e-'));
        stops.push(() => rmSync(folder, { recursive: true, force: true }));
        return folder;
      },
    };
    const begun = Date.now();
    try {
      await body(scope);
      passed++;
      console.log(`ok   ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed++;
      console.log(`FAIL ${name}\n${error.stack ?? error}`);
    }
    for (const stop of stops) {
      try { await stop(); } catch (error) { console.log(`while cleaning up after ${name}: ${error.stack ?? error}`); }
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

export async function until(what, probe, within = patience) {
  const end = Date.now() + within;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`Waited ${within / 1000} s in vain for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 25));
  }
}

// With `progress`, the limit begins anew as long as what it returns changes.
export function within(what, promise, limit = patience, progress = () => 0) {
  let timer;
  const late = new Promise((_, reject) => {
    const watch = seen => {
      timer = setTimeout(() => progress() === seen ? reject(new Error(`Waited ${limit / 1000} s in vain for ${what}`)) : watch(progress()), limit);
    };
    watch(progress());
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export function equal(actual, expected, what) {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== e) throw new Error(`${what}:\n  expected ${e}\n  got      ${a}`);
}
