// Plays scenarios against a server with the official core and writes what server, core and code said to each other, in order.
// node record-live.mjs SDK_SCENARIOS OUT ADDRESS [--only REGEX]: see record.mjs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
const [from, out] = process.argv.slice(2, 4).map((p) => resolve(p)), address = process.argv[4], at = process.argv.indexOf('--only'), only = at < 0 ? /./ : new RegExp(process.argv[at + 1]);
const require = createRequire(join(from, 'runner.mjs')), load = (path) => import(pathToFileURL(path));
const grpc = require('@grpc/grpc-js'), { native } = require('@temporalio/core-bridge'), root = require('@temporalio/proto/protos/json-module.js');
const { toJson } = require(require.resolve('protobufjs/ext/protojson', { paths: [require.resolve('@temporalio/proto/package.json')] }));
const service = root.lookupService('temporal.api.workflowservice.v1.WorkflowService');
const WORKER = /^(Poll(Workflow|Activity)TaskQueue|Respond(WorkflowTask|QueryTask|ActivityTask)(Completed|Failed|Canceled)|RecordActivityTaskHeartbeat|GetWorkflowExecutionHistory)$/;
const bytes = (b) => b, limits = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };
let log = [], calls = 0;
const note = (entry) => log.push(entry);
const core = (name) => root.lookupType(`coresdk.${name}`), json = (type, buffer, delimited) => toJson(type, delimited ? type.decodeDelimited(Buffer.from(buffer)) : type.decode(Buffer.from(buffer)));

// Between core and code.
const tapped = { workerPollWorkflowActivation: ['activation', core('workflow_activation.WorkflowActivation')], workerPollActivityTask: ['activityTask', core('activity_task.ActivityTask')] };
for (const [name, [key, type]] of Object.entries(tapped)) { const call = native[name]; native[name] = async (...a) => { const buffer = await call(...a); note({ [key]: json(type, buffer) }); return buffer; }; }
const told = { workerCompleteWorkflowActivation: ['completion', core('workflow_completion.WorkflowActivationCompletion')], workerCompleteActivityTask: ['activityCompletion', core('ActivityTaskCompletion')], workerRecordActivityHeartbeat: ['heartbeat', core('ActivityHeartbeat')] };
for (const [name, [key, type]] of Object.entries(told)) { const call = native[name]; native[name] = (worker, buffer) => { note({ [key]: json(type, buffer, true) }); return call(worker, buffer); }; }

// Between core and server.
async function proxy(target) {
  const upstream = new grpc.Client(target, grpc.credentials.createInsecure(), limits), server = new grpc.Server(limits), definition = {}, handlers = {};
  for (const m of service.methodsArray) {
    m.resolve();
    const method = m.name[0].toUpperCase() + m.name.slice(1), path = `/temporal.api.workflowservice.v1.WorkflowService/${method}`;
    definition[method] = { path, requestStream: false, responseStream: false, requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes };
    handlers[method] = (call, reply) => {
      const id = ++calls, polls = /^Poll/.test(method), noted = WORKER.test(method);
      if (noted && !polls) note({ id, method, request: toJson(m.resolvedRequestType, m.resolvedRequestType.decode(call.request)) });
      const metadata = new grpc.Metadata();
      for (const [k, v] of Object.entries(call.metadata.getMap())) if (!/^(grpc-|te$|content-type|user-agent)/.test(k)) metadata.set(k, v);
      const up = upstream.makeUnaryRequest(path, bytes, bytes, call.request, metadata, { deadline: call.getDeadline() }, (e, response) => {
        if (noted && !e && (!polls || m.resolvedResponseType.decode(response).taskToken.length)) note({ id, method, response: toJson(m.resolvedResponseType, m.resolvedResponseType.decode(response)) });
        if (noted && e && !polls) note({ id, method, error: { code: grpc.status[e.code], message: e.details } });
        if (e) reply({ code: e.code, details: e.details, metadata: e.metadata }); else reply(null, response);
      });
      call.on('cancelled', () => up.cancel());
    };
  }
  server.addService(definition, handlers);
  const port = await new Promise((ok, no) => server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (e, p) => (e ? no(e) : ok(p))));
  return `127.0.0.1:${port}`;
}

const { NativeConnection } = require('@temporalio/worker'), { Lab, installRuntime, scenarios } = await load(join(from, 'runner.mjs'));
const unstack = (v) => (Array.isArray(v) ? v.map(unstack) : v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, k === 'stackTrace' && x ? '<stack>' : unstack(x)])) : v);
installRuntime();
const lab = await Lab.open(address);
lab.native = await NativeConnection.connect({ address: await proxy(address) });
const topics = new Map();
for (const scenario of await scenarios(from, only)) {
  if (scenario.worker === false) continue;
  log = [];
  const begun = Date.now(), limit = new Promise((_, no) => setTimeout(() => no(new Error('30 s')), 30000).unref());
  try { await Promise.race([lab.play(scenario), limit]); } catch (e) { console.log(`${scenario.label}: ${e.message.split('\n')[0]}`); continue; }
  console.log(`${scenario.label} ${Date.now() - begun} ms, ${log.length} entries`);
  const recording = JSON.stringify({ name: scenario.label, entries: unstack(log) }) + '\n';
  if (recording.length < 150_000) topics.set(scenario.topic, (topics.get(scenario.topic) ?? '') + recording);
}
mkdirSync(out, { recursive: true });
for (const [topic, lines] of topics) writeFileSync(join(out, `${topic}.jsonl`), lines);
process.exit(0);
