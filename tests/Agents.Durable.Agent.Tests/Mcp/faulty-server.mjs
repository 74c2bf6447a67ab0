// An MCP server over stdio that misbehaves on request: `die` ends the process during a call, `hang` never answers again, `echo` behaves,
// `picture` reports progress and answers an image of a megabyte, `garbage` what is no result, `grow` has another tool, `grown`, afterwards.
// With `--secret` it refuses to say which tools it has, with `--stubborn` neither the end of its input nor SIGTERM ends it; `--pid=FILE` has it named there.
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const stubborn = process.argv.includes('--stubborn');
if (stubborn) process.on('SIGTERM', () => {});
const file = process.argv.find(argument => argument.startsWith('--pid='));
if (file) writeFileSync(file.slice(6), `${process.pid}`);

const text = { type: 'object', properties: { text: { type: 'string' } } };
const tools = [
  { name: 'echo', description: 'Echoes.', inputSchema: text, annotations: { readOnlyHint: true } },
  { name: 'die', description: 'Dies.', inputSchema: text },
  { name: 'die_safely', description: 'Dies, and may be called again.', inputSchema: text, annotations: { idempotentHint: true } },
  { name: 'hang', description: 'Hangs.', inputSchema: text },
  { name: 'fail', description: 'Fails.', inputSchema: text },
  { name: 'picture', description: 'Paints.', inputSchema: text, annotations: { readOnlyHint: true } },
  { name: 'garbage', description: 'Babbles.', inputSchema: text },
  { name: 'grow', description: 'Grows.', inputSchema: text },
];
let hanging = process.argv.includes('--hang-at-start');
const send = message => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\n');

function call(id, { name, arguments: args }) {
  if (name === 'die' || name === 'die_safely') process.exit(3);
  if (name === 'hang') hanging = true;
  else if (name === 'fail') send({ id, error: { code: -32602, message: 'it failed on purpose' } });
  else if (name === 'garbage') send({ id, result: { content: 5 } });
  else if (name === 'picture') {
    send({ method: 'notifications/progress', params: { progressToken: 'nobody', progress: 1 } });
    send({ method: 'notifications/message', params: { level: 'info', data: 'painting' } });
    process.stdout.write('this is no message at all\n');
    send({ id, result: { content: [{ type: 'image', mimeType: 'image/png', data: 'A'.repeat(1_000_000) }, { type: 'resource', resource: { uri: 'a://b', text: 'its caption' } },
      { type: 'resource', resource: { uri: 'a://c', mimeType: 'x/y', blob: 'AAAA' } }] } });
  } else if (name === 'grow') {
    tools.push({ name: 'grown', description: 'New.', inputSchema: text });
    send({ method: 'notifications/tools/list_changed' });
    send({ id, result: { content: [{ type: 'text', text: 'grew' }] } });
  } else send({ id, result: { content: [{ type: 'text', text: `echo ${args?.text} from ${process.pid}` }] } });
}

createInterface({ input: process.stdin }).on('line', line => {
  const { id, method, params } = JSON.parse(line);
  if (hanging || id === undefined) return;
  if (method === 'initialize') {
    send({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo: { name: 'faulty', version: '1' } } });
  } else if (method === 'tools/list' && process.argv.includes('--secret')) send({ id, error: { code: -32603, message: 'a secret' } });
  else if (method === 'tools/list') send({ id, result: { tools } });
  else if (method === 'tools/call') call(id, params);
  else if (method === 'ping') send({ id, result: {} });
  else send({ id, error: { code: -32601, message: `no ${method}` } });
}).on('close', () => stubborn ? setInterval(() => {}, 1_000) : process.exit(0));
