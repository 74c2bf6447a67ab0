// Replays histories with the official core and the TypeScript code that made them, and writes what core and code said to each other.
// node record.mjs SDK_SCENARIOS OUT [--only REGEX]: SDK_SCENARIOS holds runner.mjs, scenarios/, workflows/, histories/ and finds the packages
// @temporalio/{worker,proto,…} 1.24.0. OUT gets one file per topic, a recording a line.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
const [from, out] = process.argv.slice(2, 4).map((p) => resolve(p)), at = process.argv.indexOf('--only'), only = at < 0 ? /./ : new RegExp(process.argv[at + 1]);
const require = createRequire(join(from, 'runner.mjs')), load = (path) => import(pathToFileURL(path));
const { native } = require('@temporalio/core-bridge'), proto = require('@temporalio/proto');
const root = require('@temporalio/proto/protos/json-module.js');
const { fromJson, toJson } = require(require.resolve('protobufjs/ext/protojson', { paths: [require.resolve('@temporalio/proto/package.json')] }));
const historyType = root.lookupType('temporal.api.history.v1.History');
const activationType = root.lookupType('coresdk.workflow_activation.WorkflowActivation');
const completionType = root.lookupType('coresdk.workflow_completion.WorkflowActivationCompletion');

// The worker binds these when it is made, so they are replaced before that.
let exchange = [];
const poll = native.workerPollWorkflowActivation, complete = native.workerCompleteWorkflowActivation;
native.workerPollWorkflowActivation = async (worker) => {
  const buffer = await poll(worker);
  exchange.push({ activation: toJson(activationType, activationType.decode(Buffer.from(buffer))) });
  return buffer;
};
native.workerCompleteWorkflowActivation = (worker, buffer) => {
  exchange.push({ completion: toJson(completionType, completionType.decodeDelimited(Buffer.from(buffer))) });
  return complete(worker, buffer);
};
const { Worker } = require('@temporalio/worker'), { bundle, installRuntime, scenarios } = await load(join(from, 'runner.mjs'));
const unstack = (v) => (Array.isArray(v) ? v.map(unstack) : v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, k === 'stackTrace' && x ? '<stack>' : unstack(x)])) : v);

installRuntime();
const all = await scenarios(from), topics = new Map();
for (const file of readdirSync(join(from, 'histories')).sort()) {
  const name = file.replace('.json', ''), scenario = all.find((s) => s.label === name.replace(/-\d+$/, ''));
  if (!scenario || !only.test(name)) continue;
  const json = JSON.parse(readFileSync(join(from, 'histories', file), 'utf8'));
  const history = proto.temporal.api.history.v1.History.decode(historyType.encode(fromJson(historyType, json)).finish());
  const { workflowId } = json.events[0].workflowExecutionStartedEventAttributes;
  const { interceptors, ...b } = await bundle(scenario.dir, scenario.code), { dataConverter = {}, workflowFailureErrorTypes } = scenario.worker || {};
  const options = { ...b, dataConverter: { ...b.dataConverter, ...dataConverter }, ...(interceptors ? { interceptors } : {}), ...(workflowFailureErrorTypes ? { workflowFailureErrorTypes } : {}) };
  exchange = [];
  for await (const { error } of Worker.runReplayHistories(options, [{ workflowId, history }])) if (error) console.log(`${name}: ${error.message}`);
  topics.set(scenario.topic, [...(topics.get(scenario.topic) ?? []), { name, workflowId, history: json, exchange: unstack(exchange) }]);
}
mkdirSync(out, { recursive: true });
for (const [topic, recordings] of topics) writeFileSync(join(out, `${topic}.jsonl`), recordings.map((r) => JSON.stringify(r) + '\n').join(''));
process.exit(0);
