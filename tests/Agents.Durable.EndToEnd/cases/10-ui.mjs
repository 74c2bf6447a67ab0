// Every request that Agentex's own UI makes, by what its user does, gets an answer of the shape that Agentex gave it.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RemoteAgent } from '../lib/remote.mjs';
import { equal, test, until } from '../lib/cases.mjs';
import { Host } from '../lib/host.mjs';
import { differences } from '../lib/shapes.mjs';

const table = JSON.parse(readFileSync(new URL('../golden/tables/ui-requests.json', import.meta.url), 'utf8'));
const text = content => ({ type: 'text', author: 'agent', content });

test('every request of Agentex\'s own UI is answered in the recorded shape', async scope => {
  const host = scope.use(await Host.create(scope.folder()));
  await host.start();
  const remote = scope.use(await RemoteAgent.start(method => method === 'message/send'
    ? [{ type: 'start', index: 0, content: text('') }, { type: 'delta', index: 0, delta: { type: 'text', text_delta: 'Hi' } }, { type: 'done', index: 0 }] : null));
  const known = { agent_id: {}, agent_name: {} };
  for (const kind of ['sync', 'async']) {
    const agent = await host.call('POST', '/agents/register', { name: `ui-${kind}`, description: kind, acp_url: remote.url, acp_type: kind });
    known.agent_id[kind] = agent.id;
    known.agent_name[kind] = agent.name;
  }
  const task = await host.rpc(known.agent_name.sync, 'task/create', { params: {}, task_metadata: { display_name: 'x' } });
  const span = { trace_id: task.id, task_id: task.id, name: 's', start_time: new Date(), end_time: new Date(), input: { a: 1 }, output: { b: 2 } };
  await host.call('POST', '/spans', span);
  const message = await host.call('POST', '/messages', { task_id: task.id, content: text('hello'), streaming_status: 'DONE' });
  const wrong = [];
  let kind = 'sync';
  let played = 0;
  let current = { task: task.id, schedule: null };
  for (const { action, requests } of table.actions) {
    if (/^(a?sync):/.test(action)) kind = action.split(':')[0];
    const lost = action.startsWith('unknown task') ? randomUUID() : null;
    for (const request of requests) {
      const fill = value => typeof value === 'string'
        ? value.replace('<agent:sync>', known.agent_name.sync).replace('<agent:async>', known.agent_name.async).replace('<minute> <hour>', '30 4').replace('<id>', lost ?? current.task)
          .replace('{agent_name}', known.agent_name[kind]).replace('{agent_id}', known.agent_id.sync).replace('{task_id}', lost ?? current.task)
          .replace('{message_id}', message.id).replace('{schedule_id}', current.schedule)
        : Array.isArray(value) ? value.map(fill) : value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fill(v)])) : value;
      // The history of actions went from one kind of agent to the other and back.
      if (request.body?.method === 'event/send' || request.body?.method === 'message/send') kind = request.body.method === 'event/send' ? 'async' : 'sync';
      const leave = new AbortController();
      const response = await fetch(`${host.url}${fill(request.path)}?${new URLSearchParams(fill(request.query ?? {}))}`, {
        method: request.method, signal: leave.signal, headers: request.body ? { 'content-type': 'application/json' } : {}, body: request.body ? JSON.stringify(fill(request.body)) : undefined,
      });
      const name = `${action}: ${request.method} ${request.path}${request.body?.method ? ` ${request.body.method}` : ''}`;
      const type = response.headers.get('content-type')?.split(';')[0];
      const note = found => wrong.push(...found.map(difference => `${name}: ${difference}`));
      played++;
      if (response.status !== (request.status ?? 200)) note([`status ${response.status}, recorded ${request.status}: ${await response.text()}`]);
      else if (request.type && type !== request.type) note([`type ${type}, recorded ${request.type}`]);
      else if (type === 'text/event-stream') {
        const { value } = await response.body.getReader().read();
        const frame = new TextDecoder().decode(value);
        if (!frame.includes(`data: {"type":"connected","taskId":"${current.task}"}`)) note([`first frame ${frame}`]);
      } else if (type === 'application/x-ndjson') {
        const lines = (await response.text()).trim().split('\n').map(line => JSON.parse(line));
        if (!lines.every(line => line.jsonrpc === '2.0' && line.error === null && line.result.type)) note([`lines ${JSON.stringify(lines)}`]);
      } else {
        const answer = await response.json();
        if (request.body?.method === 'task/create') current.task = answer.result.id;
        if (request.path.endsWith('/schedules') && request.method === 'POST') current.schedule = answer.id;
        const shape = table.responses[`${request.method} ${request.path} ${response.status}`];
        // The request's id comes back, where Agentex drops it.
        if (request.path.endsWith('/rpc')) delete answer.id, delete shape.id;
        note(shape ? differences(shape, answer) : [`no shape for ${response.status}`]);
        if (request.path.endsWith('/trigger')) await until('the run', () => remote.calls.some(call => call.params.content?.content === 'Report key-plain'));
      }
      leave.abort();
    }
  }
  equal(wrong, [], 'differences');
  equal(played > 150, true, `${played} requests played`);
});
