// Schedules through crashes: no run lost, none twice, and the engine's clock as the rows say.
import { RemoteAgent } from '../lib/remote.mjs';
import { equal, test, until } from '../lib/cases.mjs';
import { Host } from '../lib/host.mjs';

const never = { cron_expression: '0 17 1 1 *', start_at: '2040-01-01T00:00:00Z', initial_input: { content: 'go' } };

test('a host killed at every step of changing and firing schedules loses no run and makes none twice', async scope => {
  const replies = () => [{ type: 'full', index: 0, content: { type: 'text', author: 'agent', content: 'done' } }];
  const remote = scope.use(await RemoteAgent.start(method => method === 'message/send' ? replies() : null));
  const host = scope.use(await Host.create(scope.folder()));
  await host.start();
  const register = async (name, type) => (await host.call('POST', '/agents/register', { name, description: name, acp_url: remote.url, acp_type: type })).id;
  const [asynchronous, synchronous] = [await register('later', 'async'), await register('now', 'sync')];
  const path = (name, agent = asynchronous) => `/agents/${agent}/schedules/name/${name}`;
  const create = (name, more = {}, agent = asynchronous) => host.call('POST', `/agents/${agent}/schedules`, { ...never, ...more, name });
  // Starts the host so that it dies at the point while it does what is asked; a call that got no answer is no answer.
  const dieAt = async (point, act) => {
    await host.kill();
    await host.start({ AGENTS_FAIL_POINTS: point });
    await act().catch(() => {});
    await Promise.race([host.exited, new Promise((_, reject) => setTimeout(reject, 20_000, new Error(`The host did not come to ${point}`)).unref())]);
  };

  // Changes: whatever is left, the row and the engine agree in the end.
  const changes = ['schedule.before_engine', 'schedule.after_engine', 'schedule.after_commit'];
  const removals = ['schedule.after_engine'];
  for (let i = 0; i < changes.length; i++) await create(`changed${i}`);
  for (let i = 0; i < removals.length; i++) await create(`removed${i}`);
  for (const [i, point] of changes.entries()) await dieAt(point, () => host.call('PATCH', path(`changed${i}`), { cron_expression: '0 9 2 2 *' }));
  for (const [i, point] of removals.entries()) await dieAt(point, () => host.call('DELETE', path(`removed${i}`)));
  // Nobody was told of this one, so its fires come to nothing.
  await dieAt('schedule.after_engine', () => create('made1', { cron_expression: null, start_at: null, interval_seconds: 1 }));

  // Fires: by hand, so that their moment is known. Each death leaves one to be finished by the next process.
  await host.start();
  await create('fired');
  await create('asked', {}, synchronous);
  const accepted = { [asynchronous]: 0, [synchronous]: 0 };
  const trigger = async (name, agent) => { await host.call('POST', `${path(name, agent)}/trigger`); accepted[agent]++; };
  for (const point of ['schedule.after_trigger', 'fire.after_task', 'fire.after_input', 'fire.after_mark']) await dieAt(point, () => trigger('fired', asynchronous));
  for (const point of ['fire.after_question', 'fire.after_input']) await dieAt(point, () => trigger('asked', synchronous));
  await host.kill();
  await host.start();

  // What was accepted is there; what was begun and got no answer may be there.
  const done = async agent => {
    let runs;
    await until(`${accepted[agent]} runs`, async () => {
      runs = (await host.call('GET', `/tasks?agent_id=${agent}`)).filter(task => task.name?.startsWith('scheduled-run:'));
      return runs.length >= Math.max(accepted[agent], 1) && runs.every(task => task.task_metadata.scheduled_input_delivered);
    }).catch(error => { throw new Error(`${error.message}: ${JSON.stringify(runs)}\n${host.log}`); });
    equal(new Set(runs.map(task => task.task_metadata.scheduled_fire_id)).size, runs.length, `fires of ${agent}`);
    return runs;
  };
  const fired = await done(asynchronous);
  for (const task of fired) {
    const events = await host.call('GET', `/events?task_id=${task.id}&agent_id=${asynchronous}`);
    equal(events.length, 1, `events of ${task.name}`);
    await until('the event at the agent', () => remote.of('event/send').some(call => call.params.event.id === events[0].id));
  }
  equal(remote.of('task/create').every(call => fired.some(task => task.id === call.params.task.id)), true, 'what the agent was told of are runs of known schedules');
  for (const task of await done(synchronous)) {
    const messages = await host.call('GET', `/messages?task_id=${task.id}&order_direction=asc`);
    equal(messages.map(message => message.content.content), ['go', 'done'], `messages of ${task.name}`);
  }

  const times = cron => [cron === never.cron_expression ? '2040-01-01T17:00:00Z' : '2040-02-02T09:00:00Z'];
  for (const [i, point] of changes.entries()) {
    await until(`row and engine to agree after ${point}`, async () => {
      const schedule = await host.call('GET', path(`changed${i}`));
      return schedule.next_action_times[0] === times(schedule.cron_expression)[0];
    });
    equal((await host.call('GET', path(`changed${i}`))).cron_expression, point === 'schedule.after_commit' ? '0 9 2 2 *' : never.cron_expression, `the row after ${point}`);
  }
  const names = async () => (await host.call('GET', `/agents/${asynchronous}/schedules`)).run_schedules.map(schedule => schedule.name).sort();
  equal(await names(), ['changed0', 'changed1', 'changed2', 'fired', 'removed0'], 'schedules');
  for (const name of await names()) await until(`the engine to know ${name}`, async () => (await host.call('GET', path(name))).next_action_times.length === 10);
});

test('what was due while the host was down is made up for once', async scope => {
  const remote = scope.use(await RemoteAgent.start());
  const host = scope.use(await Host.create(scope.folder()));
  await host.start();
  const agent = (await host.call('POST', '/agents/register', { name: 'late', description: 'late', acp_url: remote.url, acp_type: 'async' })).id;
  // Two times: the first is served, the second comes while nobody is there.
  const first = Math.ceil((Date.now() + 4000) / 5000) * 5000;
  const times = [first, first + 5000].map(time => new Date(time).toISOString().replace('.000Z', 'Z'));
  await host.call('POST', `/agents/${agent}/schedules`, { name: 'soon', initial_input: { content: 'go' }, interval_seconds: 5, start_at: times[0], end_at: times[1] });
  await until('the first run', () => remote.of('event/send').length > 0);
  await host.kill();
  await until('the second time to pass', () => Date.now() > Date.parse(times[1]) + 1000);
  await host.start();
  // The first event may come again: the host may have died before it noted that the agent has it.
  let tasks;
  await until('the second run', async () => {
    tasks = await host.call('GET', `/tasks?agent_id=${agent}`);
    return tasks.length >= 2 && tasks.every(task => task.task_metadata.scheduled_input_delivered);
  });
  equal(tasks.map(task => task.task_metadata.fire_time).sort(), times, 'the times of the runs');
  equal((await host.call('GET', `/agents/${agent}/schedules/name/soon`)).num_actions_taken, 2, 'actions');
});
