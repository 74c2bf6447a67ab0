// Shows what a task's agent says and does, as it happens: node watch.mjs TASK_ID [URL]
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

const [task, url = 'http://127.0.0.1:5003'] = process.argv.slice(2);
const streamed = new Map();
let cursor = 0;

// A call that was cut off is made again, and its new attempt replaces what the old one said: only what differs is printed.
function say(id, attempt, text) {
  const said = streamed.get(id);
  if (!said) streamed.set(id, { attempt, text, printed: text });
  else if (said.attempt === attempt) said.text += text;
  else Object.assign(said, { attempt, text });
  const { text: now, printed } = streamed.get(id);
  if (!said) process.stdout.write(text);
  else if (now.startsWith(printed)) { process.stdout.write(now.slice(printed.length)); said.printed = now; }
  else if (!printed.startsWith(now)) { process.stdout.write(`\n(again) ${now}`); said.printed = now; }
}

function show({ seq, attempt, update }) {
  cursor = seq;
  const id = update.parent_task_message?.id;
  const content = update.content ?? update.delta;
  if (update.type === 'delta') say(id, attempt, update.delta.text_delta ?? '');
  else if (content?.type === 'tool_request') console.log(`  -> ${content.name} ${JSON.stringify(content.arguments)}`);
  else if (content?.type === 'tool_response') console.log(`  <- ${JSON.stringify(content.content)}`);
  else if (update.type === 'full' && !streamed.has(id)) console.log(`${content.author}: ${content.content}`);
  else if (update.type === 'task_updated') console.log(`[${update.task.status}]`);
}

// Goes on where it was when the host comes back; Ctrl-C leaves.
for (;;) {
  const connection = new HubConnectionBuilder().withUrl(`${url}/hubs/tasks`).configureLogging(LogLevel.None).build();
  try {
    await connection.start();
    await new Promise((resolve, reject) => {
      connection.onclose(error => reject(error ?? new Error('closed')));
      connection.stream('Subscribe', task, cursor).subscribe({ next: frames => frames.forEach(show), complete: resolve, error: reject });
    });
    break;
  } catch (error) {
    if (/does not exist/.test(error.message)) { console.error(error.message); process.exit(1); }
    await new Promise(resolve => setTimeout(resolve, 500));
  } finally {
    await connection.stop().catch(() => {});
  }
}
