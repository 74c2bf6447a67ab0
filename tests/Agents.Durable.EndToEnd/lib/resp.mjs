// Writes updates to a task's stream as agents built on Agentex's SDK do: with Redis commands.
import { connect } from 'node:net';

export async function append(port, taskId, updates) {
  const socket = connect(port, '127.0.0.1');
  let answers = '';
  socket.on('data', chunk => { answers += chunk; });
  for (const update of updates) {
    const words = ['XADD', `task:${taskId}`, '*', 'data', JSON.stringify(update)];
    socket.write(`*${words.length}\r\n${words.map(w => `$${Buffer.byteLength(w)}\r\n${w}\r\n`).join('')}`);
  }
  let look;
  await new Promise((resolve, reject) => {
    socket.on('error', reject).on('close', () => reject(new Error(`closed after: ${answers}`)));
    look = setInterval(() => {
      if (/^-/m.test(answers)) reject(new Error(answers));
      if ((answers.match(/^\$/gm) ?? []).length === updates.length) resolve();
    }, 10);
  }).finally(() => clearInterval(look));
  socket.destroy();
}
