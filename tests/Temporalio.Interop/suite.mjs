// Plays every scenario of sdk/ against our server on both stores, then lets the native core replay all histories that came of it.
// A scenario listed in deviations.json must differ from its recording, every other must not. Those listed in races.json get another turn.
//   node suite.mjs [--only REGEX] [--store memory|postgres] [--parallel N] [--verbose]
import { readFileSync } from 'node:fs';
import { crossCalls } from './cross/calls.mjs';
import { handedOver } from './handover.mjs';
import { difference } from './play.mjs';
import { startPostgres } from './postgres.mjs';
import { Replayer } from './replayer.mjs';
import { Lab, installRuntime, scenarios } from './sdk/runner.mjs';
import { startServer } from './server.mjs';

const args = process.argv.slice(2);
const option = (name, otherwise) => { const i = args.indexOf(name); return i < 0 ? otherwise : args[i + 1]; };
const stores = option('--store') ? [option('--store')] : ['memory', 'postgres'];
const parallel = Number(option('--parallel', '8')), only = option('--only'), verbose = args.includes('--verbose');
const limit = 120_000, attempts = 4;
const races = new Map(JSON.parse(readFileSync(new URL('races.json', import.meta.url), 'utf8')).map((r) => [r.scenario, r.why]));
const deviations = new Map(JSON.parse(readFileSync(new URL('deviations.json', import.meta.url), 'utf8')).map((d) => [d.scenario, d.why]));
const folder = new URL('sdk/', import.meta.url);
let passed = 0, failed = 0;
const note = (ok, text) => { ok ? passed++ : failed++; if (!ok || verbose) console.log(`${ok ? 'ok  ' : 'FAIL'} ${text}`); };
const begun = Date.now(), seconds = () => ((Date.now() - begun) / 1000).toFixed(0);

installRuntime();
const replayer = new Replayer();
const labs = await Promise.all(stores.map(async (store) => {
  const postgres = store === 'postgres' ? await startPostgres() : undefined;
  const server = await startServer({ databaseUrl: postgres?.url });
  const lab = await Lab.open(server.address);
  await addSearchAttributes(lab);
  return { store, lab, close: async () => { await lab.close(); await server.stop(); await postgres?.stop(); } };
}));

const all = await scenarios(folder.pathname.replace(/\/$/, ''), only ? new RegExp(only) : null);
const plays = all.flatMap((scenario) => labs.map(({ store, lab }) => ({ store, lab, scenario, listed: deviations.has(scenario.label) })));
let left = await run(plays, parallel);
// A few scenarios have to do something within tenths of seconds: such a one that differed beside others gets its turn alone.
for (let attempt = 1; attempt < attempts; attempt++) {
  const again = left.filter((p) => !p.listed && races.has(p.scenario.label));
  for (const play of again) {
    console.log(`again: ${play.store} ${play.scenario.label}: ${play.different[0].split('\n')[0].slice(0, 200)}`);
    Object.assign(play, await compared(play));
  }
  left = left.filter((p) => p.listed || p.different.length);
}
const different = new Set(left);
for (const play of plays) {
  const where = `${play.store} ${play.scenario.label}`, detail = play.different.map((d) => `\n  ${d.slice(0, 600)}`).join('');
  if (play.listed) note(different.has(play), `${where}: ${different.has(play) ? 'differs as listed' : 'equal now, take it off deviations.json'}${verbose ? detail : ''}`);
  else note(!different.has(play), where + detail);
}
for (const name of [...deviations.keys(), ...races.keys()]) if (!only && !all.some((s) => s.label === name)) note(false, `deviations.json or races.json: there is no scenario ${name}`);
if (plays.length === 0) note(false, 'no scenario ran');
console.log(`${plays.length - left.length} of ${plays.length} equal to the recording, after ${seconds()} s`);

if (!only) for (const { store, lab } of labs) for (const { name, error } of await crossCalls(lab.address)) note(!error, `${store}: ${name}${error ? `\n  ${error}` : ''}`);
const replays = await replayer.run();
for (const { name, error } of replays) note(!error, `native core replays ${name}${error ? `\n  ${error}` : ''}`);
console.log(`native core: ${replays.filter((r) => !r.error).length} of ${replays.length} histories replayed, after ${seconds()} s`);
for (const { close } of labs) await close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

// Those that differ, each with its differences; the others' histories go to the replayer.
async function run(todo, width) {
  const queue = [...todo], unequal = [];
  await Promise.all(Array.from({ length: width }, async () => {
    for (let play; (play = queue.shift());) { Object.assign(play, await compared(play)); if (play.different.length) unequal.push(play); }
  }));
  return unequal;
}

async function compared({ store, lab, scenario }) {
  const expected = handedOver(JSON.parse(readFileSync(new URL(`recorded/${scenario.label}.json`, folder), 'utf8'))), found = [];
  try {
    const played = await within(lab.play(scenario)), got = handedOver(played);
    played.raw.forEach((history, n) => replayer.add(scenario, `${store} ${scenario.label}-${n + 1}`, history));
    for (const [what, a, b] of [['outcome', expected.outcome, got.outcome], ['history', expected.histories, expected.histories && got.histories]]) {
      const d = a !== undefined && difference(a, b, '', true);
      if (d) found.push(`${what} ${d}`);
    }
  } catch (e) { found.push(e.stack ?? String(e)); }
  if (verbose) console.log(`${seconds()} s ${store} ${scenario.label} ${found.length ? found[0].split('\n')[0] : ''}`);
  return { different: found };
}

function within(promise) {
  let timer;
  const late = new Promise((_, no) => { timer = setTimeout(() => no(new Error(`nothing within ${limit / 1000} s`)), limit); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function addSearchAttributes(lab) {
  const types = { GoldenKeyword: 'KEYWORD', GoldenText: 'TEXT', GoldenInt: 'INT', GoldenDouble: 'DOUBLE', GoldenBool: 'BOOL', GoldenDatetime: 'DATETIME', GoldenKeywordList: 'KEYWORD_LIST' };
  const searchAttributes = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, `INDEXED_VALUE_TYPE_${type}`]));
  await lab.player.call('AddSearchAttributes', { namespace: 'default', searchAttributes }, 20_000);
}
