// Runs the cases one after another; with names, those whose file name contains one of them.
import { readdirSync } from 'node:fs';
import { run } from './lib/cases.mjs';

const wanted = process.argv.slice(2);
for (const file of readdirSync(new URL('./cases', import.meta.url)).filter(f => f.endsWith('.mjs')).sort()) {
  if (wanted.length === 0 || wanted.some(w => file.includes(w))) await import(`./cases/${file}`);
}
process.exit(await run());
