// By hand: node storm/run.mjs [--mode parts|whole] [--tasks N] [--steps N] [--kills N] [--seconds N] SEED... (a seed `FROM-TO` is many)
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, test } from '../lib/cases.mjs';
import { storm } from './storm.mjs';

const options = {};
const seeds = [];
for (let args = process.argv.slice(2); args.length > 0;) {
  const word = args.shift();
  if (word.startsWith('--')) options[word.slice(2)] = word === '--mode' ? args.shift() : Number(args.shift());
  else if (/^\d+-\d+$/.test(word)) for (let [from, to] = word.split('-').map(Number); from <= to; from++) seeds.push(from);
  else seeds.push(Number(word));
}
if (seeds.length === 0) seeds.push(Date.now() % 100_000);
for (const seed of seeds) {
  const mode = options.mode ?? (seed % 2 === 0 ? 'parts' : 'whole');
  test(`storm ${seed} (${mode})`, async scope => {
    const { faults, stories, logs } = await storm(scope, { ...options, seed, mode, log: console.log });
    if (faults.length === 0) return;
    const file = join(tmpdir(), `storm-${seed}.log`);
    writeFileSync(file, [...faults, ...stories, ...logs].join('\n'));
    throw new Error(`${faults.length} faults, told in ${file}:\n${faults.slice(0, 12).map(f => `  ${f.slice(0, 700)}`).join('\n')}`);
  });
}
process.exit(await run());
