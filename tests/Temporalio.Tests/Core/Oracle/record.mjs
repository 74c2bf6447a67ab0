// Replays histories with the official core and the TypeScript code that made them, and writes what core and code said to each other.
// node record.mjs SDK_SCENARIOS OUT [--only REGEX] [--mutate]: SDK_SCENARIOS holds runner.mjs, scenarios/, workflows/, histories/ and finds the packages
// @temporalio/{worker,proto,…} 1.24.0. OUT gets one file per topic, a recording a line. --mutate makes the code deviate from each
// history in two of six ways, where it first issues commands; these recordings name the history instead of holding it.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
const [from, out] = process.argv.slice(2, 4).map((p) => resolve(p)), at = process.argv.indexOf('--only'), only = at < 0 ? /./ : new RegExp(process.argv[at + 1]);
const mutates = process.argv.includes('--mutate');
const require = createRequire(join(from, 'runner.mjs')), load = (path) => import(pathToFileURL(path));
const { native } = require('@temporalio/core-bridge'), proto = require('@temporalio/proto');
const root = require('@temporalio/proto/protos/json-module.js');
const { fromJson, toJson } = require(require.resolve('protobufjs/ext/protojson', { paths: [require.resolve('@temporalio/proto/package.json')] }));
const historyType = root.lookupType('temporal.api.history.v1.History');
const activationType = root.lookupType('coresdk.workflow_activation.WorkflowActivation');
const completionType = root.lookupType('coresdk.workflow_completion.WorkflowActivationCompletion');

// The worker binds these when it is made, so they are replaced before that.
let exchange = [], mutation = null;
const poll = native.workerPollWorkflowActivation, complete = native.workerCompleteWorkflowActivation;
native.workerPollWorkflowActivation = async (worker) => {
  const buffer = await poll(worker);
  exchange.push({ activation: toJson(activationType, activationType.decode(Buffer.from(buffer))) });
  return buffer;
};
native.workerCompleteWorkflowActivation = (worker, given) => {
  let buffer = given;
  const message = completionType.decodeDelimited(Buffer.from(given));
  if (mutation && message.successful?.commands?.length) {
    message.successful.commands = mutation(message.successful.commands); mutation = null;
    buffer = Buffer.from(completionType.encodeDelimited(message).finish());
  }
  exchange.push({ completion: toJson(completionType, completionType.decodeDelimited(Buffer.from(buffer))) });
  return complete(worker, buffer);
};
const timer = { startTimer: { seq: 99, startToFireTimeout: { seconds: 1 } } }, of = (json) => root.lookupType('coresdk.workflow_commands.WorkflowCommand').fromObject(json);
const renamed = (c) => { const copy = of(c.toJSON()); for (const k of ['scheduleActivity', 'startChildWorkflowExecution', 'scheduleLocalActivity']) if (copy[k]) { copy[k].activityType = 'other'; copy[k].workflowType = 'other'; } return copy; };
const mutations = {
  ' without its first command': (c) => c.slice(1), ' with a timer first': (c) => [of(timer), ...c], ' with a timer last': (c) => [...c, of(timer)],
  ' with a timer instead': (c) => [of(timer), ...c.slice(1)], ' backwards': (c) => (c.length > 1 ? [...c].reverse() : [of({ setPatchMarker: { patchId: 'new' } }), ...c]), ' renamed': (c) => c.map(renamed),
};
const { Worker } = require('@temporalio/worker'), { bundle, installRuntime, scenarios } = await load(join(from, 'runner.mjs'));
const unstack = (v) => (Array.isArray(v) ? v.map(unstack) : v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, k === 'stackTrace' && x ? '<stack>' : unstack(x)])) : v);

installRuntime();
const all = await scenarios(from), topics = new Map(); let turn = 0;
for (const file of readdirSync(join(from, 'histories')).sort()) {
  const name = file.replace('.json', ''), scenario = all.find((s) => s.label === name.replace(/-\d+$/, ''));
  if (!scenario || !only.test(name)) continue;
  const json = JSON.parse(readFileSync(join(from, 'histories', file), 'utf8'));
  const history = proto.temporal.api.history.v1.History.decode(historyType.encode(fromJson(historyType, json)).finish());
  const { workflowId } = json.events[0].workflowExecutionStartedEventAttributes;
  const { interceptors, ...b } = await bundle(scenario.dir, scenario.code), { dataConverter = {}, workflowFailureErrorTypes } = scenario.worker || {};
  const options = { ...b, dataConverter: { ...b.dataConverter, ...dataConverter }, ...(interceptors ? { interceptors } : {}), ...(workflowFailureErrorTypes ? { workflowFailureErrorTypes } : {}) };
  for (const [how, change] of mutates ? Object.entries(mutations).filter((_, i) => (i + turn) % 3 === 0) : [['', null]]) {
    exchange = []; mutation = change;
    for await (const { error } of Worker.runReplayHistories(options, [{ workflowId, history }])) if (error && !mutates) console.log(`${name}: ${error.message}`);
    if (mutates && mutation) continue; // There were no commands.
    topics.set(scenario.topic, [...(topics.get(scenario.topic) ?? []), mutates ? { name: name + how, of: name, exchange: unstack(exchange) } : { name, workflowId, history: json, exchange: unstack(exchange) }]);
  }
  turn++;
}
mkdirSync(out, { recursive: true });
for (const [topic, recordings] of topics) writeFileSync(join(out, `${topic}.jsonl`), recordings.map((r) => JSON.stringify(r) + '\n').join(''));
process.exit(0);
