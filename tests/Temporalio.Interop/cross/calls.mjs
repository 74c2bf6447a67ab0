// Our SDK and the official TypeScript one call each other: clients, workflows, activities and children, both ways.
import { deepStrictEqual } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';

const folder = dirname(fileURLToPath(import.meta.url));
const PROGRAM = join(folder, `../bin/${process.env.CONFIGURATION ?? 'Release'}/net10.0/Temporalio.Interop.dll`);
const activities = {
  whisper: async (text) => `${text.toLowerCase()} …`,
  refuse: async (why) => { throw ApplicationFailure.nonRetryable(why, 'Refused', why, 42); },
};

// [{ name, error? }]
export async function crossCalls(address) {
  const suffix = Math.random().toString(36).slice(2), csharp = `csharp-${suffix}`, typescript = `typescript-${suffix}`;
  const program = spawn('dotnet', [PROGRAM, address, csharp, typescript], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator](), next = async () => (await lines.next()).value;
  const native = await NativeConnection.connect({ address }), connection = await Connection.connect({ address });
  const worker = await Worker.create({ connection: native, taskQueue: typescript, workflowsPath: join(folder, 'workflows.mjs'), activities, debugMode: true });
  const running = worker.run(), client = new Client({ connection });
  const start = (type, taskQueue, ...args) => client.workflow.start(type, { workflowId: `${type}-${taskQueue}`, taskQueue, args });
  const results = [];
  const attempt = async (name, call, expected) => {
    try { deepStrictEqual(await call(), expected); results.push({ name }); } catch (e) { results.push({ name, error: e.stack + (e.cause ? `\n  ${e.cause.stack}` : '') }); }
  };
  if (await next() !== 'ready') results.push({ name: 'the C# worker is ready', error: 'it ended' });
  else {
    await attempt('a TypeScript client starts, signals, queries, updates and awaits a C# workflow', async () => {
      const handle = await start('conversation', csharp, 'hello');
      await handle.signal('say', 'again');
      const count = await handle.query('count'), ended = await handle.executeUpdate('end', { args: ['bye'] });
      return { count, ended, said: await handle.result() };
    }, { count: 2, ended: '3 said', said: ['hello', 'again', 'bye'] });
    await attempt('a C# client starts, signals, queries, updates and awaits a TypeScript workflow', async () => {
      program.stdin.write('client\n');
      return JSON.parse(await next());
    }, { count: 2, ended: '3 said', said: ['hello', 'again', 'bye'] });
    await attempt('a C# workflow calls TypeScript activities and a TypeScript child', async () => (await start('caller', csharp, typescript)).result(), ['hello …', 'Refused: no, 42', 'echo from C#']);
    await attempt('a TypeScript workflow calls C# activities and a C# child', async () => (await start('caller', typescript, csharp)).result(), ['HELLO!', 'Refused: no, 42', 'echo from TypeScript']);
  }
  program.stdin.end();
  if (program.exitCode === null) await once(program, 'exit');
  if (program.exitCode !== 0) results.push({ name: 'the C# program ends well', error: `exit code ${program.exitCode}` });
  worker.shutdown();
  await running;
  await connection.close();
  await native.close();
  return results;
}
