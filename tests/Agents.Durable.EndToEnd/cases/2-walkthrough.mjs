// The commands that ./run.sh prints, taken from the host's own output and run as printed.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Host, root } from '../lib/host.mjs';
import { equal, test, until } from '../lib/cases.mjs';

const tools = join(root, 'eng/walkthrough');

test('the printed commands make an agent that edits files and calls an MCP server, watched over SignalR and as server-sent events', async scope => {
  const host = scope.use(await Host.create(scope.folder(), {
    args: ['--walkthrough', join(tools, 'commands.txt')],
    env: {
      Mcp__Servers__everything__Command: 'node',
      Mcp__Servers__everything__Args__0: join(tools, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js'),
    },
  }));
  await host.start();
  await until('the commands', () => host.log.includes('A real model'));
  const commands = host.log.split('\n').filter(line => line.startsWith('  ')).join('\n');
  const output = execFileSync('bash', ['-euo', 'pipefail', '-c', commands], { cwd: root, encoding: 'utf8', timeout: 60_000 });
  for (const expected of [
    'user: What is 17 + 25?\n', 'I write my notes down and let the MCP server add up.\n', '  -> edit_file {', '  <- "The sum of 17 and 25 is 42."\n',
    'Done: notes.md says that 17 + 25 = 42.\n', '[COMPLETED]\n', '# Notes\n\n17 + 25 = 42\n',
  ]) {
    if (!output.includes(expected)) throw new Error(`The output lacks ${JSON.stringify(expected)}:\n${output}`);
  }
  const ids = [...output.matchAll(/^id: (\d+)$/gm)].map(m => Number(m[1]));
  equal(ids, ids.map((_, i) => i + 1), 'numbers of the server-sent events');
});
