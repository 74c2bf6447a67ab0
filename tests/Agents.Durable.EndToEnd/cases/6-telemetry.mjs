import { Collector } from '../lib/collector.mjs';
import { Host } from '../lib/host.mjs';
import { persist } from '../lib/run.mjs';
import { Viewer } from '../lib/viewer.mjs';
import { test, within } from '../lib/cases.mjs';

const definition = {
  description: 'Lists', instructions: '', tools: ['workspace'], limits: { max_turns: 1 },
  model: { provider: 'scripted', name: 's', parameters: { script: [{ text: 'Let me see.', tool_calls: [{ name: 'list_files', arguments: {} }] }, { text: 'Nothing there.' }] } },
};

test("one trace leads from a client's call through the workflow to model and tools", async scope => {
  const collector = scope.use(await Collector.start());
  const host = scope.use(await Host.create(scope.folder(), {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_BSP_SCHEDULE_DELAY: '100' },
  }));
  await host.start();
  await host.call('PUT', '/agents/name/lister/definition', definition);
  const task = await persist(host, 'lister', 'task/create', {});
  const viewer = scope.use(new Viewer(host.url, task.id));
  const trace = 'a'.repeat(31) + '1';
  await host.rpc('lister', 'event/send', { task_id: task.id, content: { type: 'text', author: 'user', content: 'Go' } }, { traceparent: `00-${trace}-00000000000000f1-01` });
  await within('the task to end', viewer.ended);
  // What is still to be sent is sent before the host ends.
  await host.drain();
  const spans = collector.spans.filter(s => s.trace === trace);
  const call = spans.find(s => s.parent === '00000000000000f1');
  if (!call) throw new Error(`No span of the call: ${JSON.stringify(spans)}`);
  for (const [name, least] of [['agent model', 2], ['agent tool', 1]]) {
    const found = spans.filter(s => s.name === name && s.parent === call.id).length;
    if (found < least) throw new Error(`${found} spans "${name}" below the call: ${JSON.stringify(spans)}`);
  }
});
