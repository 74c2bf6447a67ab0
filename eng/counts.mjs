// Prints "PASSED FAILED" of one suite: from xUnit's summary or the last "N passed, N failed" line; a suite that died counts as one failure.
import { readFileSync } from 'node:fs';

const [log, status] = process.argv.slice(2);
const text = readFileSync(log, 'utf8');
let passed = 0, failed = 0;
const xunit = [...text.matchAll(/Total: (\d+), Errors: (\d+), Failed: (\d+), Skipped: (\d+)(?:, Not Run: (\d+))?/g)].at(-1);
const plain = [...text.matchAll(/^(\d+) passed, (\d+) failed/gm)].at(-1);
if (xunit) {
  failed = Number(xunit[2]) + Number(xunit[3]);
  passed = Number(xunit[1]) - Number(xunit[3]) - Number(xunit[4]) - Number(xunit[5] ?? 0);
} else if (plain) {
  [passed, failed] = [Number(plain[1]), Number(plain[2])];
}
if (failed === 0 && (status !== '0' || passed === 0)) failed = 1;
console.log(passed, failed);
