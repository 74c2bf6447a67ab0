// A random storm over the whole running system: everything that clients, agents and viewers do, at once, while processes are killed; by a seed.
import { Model } from '../lib/model.mjs';
import { Outside } from '../lib/outside.mjs';
import { within } from '../lib/cases.mjs';
import { RemoteAgent } from './agents.mjs';
import { accepted, agreed, effects, quiet } from './checks.mjs';
import { Conversation } from './conversation.mjs';
import { Dice } from './dice.mjs';
import { System } from './system.mjs';

// What the model answers in a run, at any length: now and then tools that act outside.
function turnsOf(outside, seed) {
  return run => new Proxy({}, {
    get(_, property) {
      const number = Number(property);
      const dice = new Dice(seed, run, number);
      const calls = number % 3 === 2 ? 0 : dice.below(3);
      return {
        deltas: Array.from({ length: 1 + dice.below(6) }, (_, i) => `${number}.${i} `),
        calls: Array.from({ length: calls }, (_, i) => ({ name: 'http_fetch', arguments: { method: 'POST', url: `${outside.url}/${run}/${number}/${i}`, body: JSON.stringify({ number, i }) } })),
      };
    },
  });
}

const definition = { description: 'Acts outside', instructions: 'Be brief.', model: { provider: 'openai', name: 'm', parameters: {} }, tools: ['http_fetch'], limits: {} };

// Runs one storm; what is wrong comes back as texts.
export async function storm(scope, { seed, mode, tasks = 24, steps = 8, kills = 5, seconds = 10, log = () => {} }) {
  const dice = new Dice(seed, 'storm');
  const outside = scope.use(await Outside.start());
  const model = scope.use(await Model.start(turnsOf(outside, seed)));
  const begun = Date.now();
  const system = await System.start(scope, mode, { OPENAI_BASE_URL: model.url, Agents__HeartbeatTimeout: '00:00:01' });
  const agents = { async: await RemoteAgent.start(system, 'storm-async', 'async', seed), sync: await RemoteAgent.start(system, 'storm-sync', 'sync', seed) };
  for (const agent of Object.values(agents)) scope.use({ stop: () => agent.kill() });
  const defined = await system.gateways[0].call('PUT', '/agents/name/storm-react/definition', definition);
  const ids = { react: defined.id, async: agents.async.id, sync: agents.sync.id };
  const conversations = Array.from({ length: tasks }, (_, i) => {
    const kind = ['react', 'async', 'react', 'sync'][i % 4];
    return Object.assign(new Conversation(system, kind, `storm-${kind}`, i, seed, steps), { agentId: ids[kind] });
  });
  const victims = [...Object.keys(system.processes), 'postgres', 'async', 'sync'];
  const plan = Array.from({ length: kills }, () => ({ at: dice.between(500, seconds * 1000), victim: dice.one(victims), rest: dice.between(0, 1500) })).sort((a, b) => a.at - b.at);
  log(`seed ${seed}, ${mode}: up after ${((Date.now() - begun) / 1000).toFixed(1)} s; ${plan.map(k => `${k.victim}@${Math.round(k.at)}`).join(' ')}`);

  await within('the storm to pass', Promise.all([system.rage(plan, agents), ...conversations.map(c => c.live())]), 240_000);
  log(`     over after ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  await quiet(system, agents, model, conversations);
  await Promise.all(conversations.map(c => accepted(system, agents, c)));
  await Promise.all(conversations.map(c => c.end()));
  await quiet(system, agents, model, conversations);
  await Promise.all(conversations.map(c => agreed(system, agents, c)));
  effects(system, outside, conversations);
  log(`     ${conversations.reduce((n, c) => n + c.events.length + c.spoken.length, 0)} things said, ${model.requests.length} model calls, ${outside.effects.size} effects, ${agents.async.written.length} written by the agent, ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  return { faults: system.faults, stories: conversations.filter(c => c.faulty).map(c => c.story), logs: Object.entries(system.processes).map(([name, p]) => `== ${name}\n${p.log}`) };
}
