// The native core of the official SDK as an oracle: a history is valid if it replays with the code that made it.
import { createRequire } from 'node:module';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { bundle } from './sdk/runner.mjs';
const require = createRequire(import.meta.url);
const root = require('@temporalio/proto/protos/json-module.js');
const { fromJson } = require(require.resolve('protobufjs/ext/protojson', { paths: [require.resolve('@temporalio/proto/package.json')] }));
const type = root.lookupType('temporal.api.history.v1.History');

export class Replayer {
  #groups = new Map();

  // `json` is a history as proto3 JSON; scenarios whose histories no single code can replay say raw: false and come here empty-handed.
  add(scenario, name, json) {
    const options = scenario.worker || {};
    const key = JSON.stringify([scenario.code, options.dataConverter ? scenario.label : '', options.workflowFailureErrorTypes]);
    if (!this.#groups.has(key)) this.#groups.set(key, { scenario, histories: [], names: new Map() });
    const group = this.#groups.get(key), { workflowId, originalExecutionRunId } = json.events[0].workflowExecutionStartedEventAttributes;
    const history = proto.temporal.api.history.v1.History.decode(type.encode(fromJson(type, json)).finish());
    group.histories.push({ workflowId, history });
    group.names.set(originalExecutionRunId, name);
  }

  async run() {
    const results = [];
    for (const { scenario, histories, names } of this.#groups.values()) {
      const { interceptors, ...bundled } = await bundle(scenario.dir, scenario.code);
      const { dataConverter = {}, workflowFailureErrorTypes } = scenario.worker || {};
      const options = {
        ...bundled, debugMode: true, dataConverter: { ...bundled.dataConverter, ...dataConverter },
        ...(interceptors ? { interceptors } : {}), ...(workflowFailureErrorTypes ? { workflowFailureErrorTypes } : {}),
      };
      for await (const { runId, error } of Worker.runReplayHistories(options, histories)) results.push({ name: names.get(runId) ?? runId, error: error?.message });
    }
    return results;
  }
}
