// What the real Agentex server and its SDK's clients and agents were told, told to the host.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, Host, root } from '../lib/host.mjs';
import { test } from '../lib/cases.mjs';

const golden = join(root, 'tests/Agents.Durable.EndToEnd/golden');

// Those that wait for a time-out of a minute are left out.
const isSlow = file => JSON.parse(readFileSync(file, 'utf8')).needs?.includes('slow');

const groups = [
  [['http'], 'the recordings of Agentex in http/ are answered as recorded, but for the listed deviations'],
  [['sdk'], 'the recordings of Agentex in sdk/ are answered as recorded, but for the listed deviations'],
  [['quirks', 'own'], 'where Agentex loses or fails, our answers are those of own/, and nothing but the listed deviations differs from quirks/'],
];

for (const [folders, title] of groups) {
  test(title, async scope => {
    const host = scope.use(await Host.create(scope.folder(), { streamPort: await freePort(), env: { Auth__AllowedOrigins__0: 'http://ui.test' } }));
    await host.start();
    const files = folders.flatMap(folder => readdirSync(join(golden, folder)).filter(f => f.endsWith('.json')).map(f => join(golden, folder, f))).filter(f => !isSlow(f));
    const output = await new Promise(resolve => execFile('node', [
      join(golden, 'play.mjs'), '--address', host.url, '--redis', `127.0.0.1:${host.streamPort}`, '--deviations', join(golden, 'deviations.json'), '--jobs', '4', '--quiet', ...files,
    ], { timeout: 300_000, maxBuffer: 1 << 26 }, (_, out, errors) => resolve(out + errors)));
    if (!output.trimEnd().endsWith(`${files.length} passed, 0 failed`)) throw new Error(output);
  });
}
