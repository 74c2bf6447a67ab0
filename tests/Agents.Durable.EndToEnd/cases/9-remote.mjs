// Remote agents as processes that die, at a host that dies.
import { Agent } from '../lib/agent.mjs';
import { Host } from '../lib/host.mjs';
import { RemoteAgent } from '../lib/remote.mjs';
import { persist, shown } from '../lib/run.mjs';
import { Viewer } from '../lib/viewer.mjs';
import { equal, test, until, within } from '../lib/cases.mjs';

async function prepare(scope, type) {
  const host = scope.use(await Host.create(scope.folder()));
  await host.start();
  return { host, agent: scope.use(await Agent.create(host, 'remote', type)) };
}

const content = text => ({ type: 'text', author: 'user', content: text });
const send = (host, task, text) => persist(host, 'remote', 'event/send', { task_id: task.id, content: content(text) });
const texts = async (host, task) => (await host.call('GET', `/messages?task_id=${task.id}&order_direction=asc`)).filter(m => m.content.author === 'agent').map(m => m.content.content);

test('an agent that is killed after it acknowledged gets its events again, in order, three times at most', async scope => {
  const { host, agent } = await prepare(scope, 'async');
  await agent.start('lose');
  const task = await persist(host, 'remote', 'task/create', { name: 'lost' });
  await send(host, task, 'one');
  await send(host, task, 'two');
  await agent.heard(2);
  equal(agent.events, [['one', 1], ['two', 1]], 'what reached the agent at first');
  await agent.kill();
  await agent.start('work');
  await until('both events to come again and be answered', async () => (await texts(host, task)).length === 2);
  equal(agent.events.slice(2), [['one', 2], ['two', 2]], 'what came again');
  equal(await texts(host, task), ['answer to one', 'answer to two'], 'the answers');

  await agent.kill();
  await agent.start('lose');
  const other = await persist(host, 'remote', 'task/create', { name: 'given-up' });
  await send(host, other, 'three');
  for (let attempt = 2; attempt <= 4; attempt++) {
    await agent.kill();
    await agent.start('lose');
    await until(`attempt ${attempt}`, () => agent.events.some(([text, a]) => text === 'three' && a === attempt));
  }
  await agent.kill();
  await agent.start('work');
  // Mail is in order, so what came after this would have come before it.
  await send(host, other, 'four');
  await send(host, task, 'five');
  await agent.heard(10);
  equal(agent.events.filter(([text]) => text === 'three').length, 4, 'how often an event comes that is lost each time');
  equal(agent.events.slice(-2), [['four', 1], ['five', 1]], 'what came last; answered events do not come again');
});

test('an event that is not acknowledged when the host is killed comes again at once, and everything in order', async scope => {
  const { host, agent } = await prepare(scope, 'async');
  await agent.start('hold');
  const task = await persist(host, 'remote', 'task/create', { name: 'held' });
  const sent = [send(host, task, 'one')];
  await agent.heard(1);
  sent.push(send(host, task, 'two'));
  const killed = host.kill();
  await agent.kill();
  await killed;
  await host.start();
  await agent.start('work');
  const back = Date.now();
  const answers = await Promise.all(sent);
  await until('both events to be answered', async () => (await texts(host, task)).length === 2);
  if (Date.now() - back > 20_000) throw new Error(`The first event came ${(Date.now() - back) / 1000} s after the restart`);
  equal(await texts(host, task), ['answer to one', 'answer to two'], 'the answers');
  equal(agent.events.map(([text]) => text).slice(1), ['one', 'two'], 'what came after the restart');
  if (agent.events[1][1] < 2) throw new Error('The second delivery does not say that it is one');
  equal(new Set(answers.map(a => a.id)).size, 2, 'events');
});

test("a synchronous agent's answer is read on when its caller has left, and closed with what came of it when the host dies", async scope => {
  const { host, agent } = await prepare(scope, 'sync');
  await agent.start();
  const task = await persist(host, 'remote', 'task/create', { name: 'told' });
  const viewer = scope.use(new Viewer(host.url, task.id));
  const ask = () => {
    const leaving = new AbortController();
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'message/send', params: { task_id: task.id, stream: true, content: content('Tell') } });
    const call = fetch(`${host.url}/agents/name/remote/rpc`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: leaving.signal })
      .then(response => response.text()).catch(() => {});
    return { leave() { leaving.abort(); return call; } };
  };
  const last = () => shown(viewer.frames).at(-1);

  const first = ask();
  agent.say('I begin ');
  await until('the first word', () => last() === 'I begin ');
  await first.leave();
  agent.say('and go on.');
  agent.say('done');
  await until('the answer to be read to its end', () => viewer.frames.at(-1)?.update.type === 'done');
  equal(last(), 'I begin and go on.', 'what the viewer has of the first answer');
  equal((await texts(host, task)).at(-1), 'I begin and go on.', 'the first answer as it is stored');

  ask();
  agent.say('This is ');
  agent.say('cut ');
  await until('two words of the second answer', () => last() === 'This is cut ');
  await host.kill();
  // The next one dies between telling the viewers and storing: the one after it stores what they were told, and tells nothing again.
  await host.start({ AGENTS_FAIL_POINTS: 'answer.after_told:1' }).catch(() => {});
  await within('the host to die at its fail point', host.exited);
  await host.start({ AGENTS_FAIL_POINTS: 'answer.after_stored:1' });
  await until('the second answer to be closed', () => viewer.frames.filter(f => f.update.type === 'done').length === 2);
  equal(viewer.faults, [], 'numbers of the stream that were missed or repeated');
  equal(viewer.frames.at(-1).update.parent_task_message.content.content, 'This is cut ', 'the text that the second answer was closed with');
  await until('the second answer to be stored', async () => (await texts(host, task)).at(-1) === 'This is cut ');
  equal(viewer.frames.filter(f => f.update.type === 'done').length, 2, 'how often an answer was said to be done');

  // This one dies when it has stored an answer and told nobody that it is done: the next one tells. The agent still has the answer in hand that was cut.
  agent.say('done');
  ask();
  agent.say('And this is whole.');
  agent.say('done');
  await within('the host to die with the third answer', host.exited);
  await host.start();
  await until('the third answer to be closed', () => viewer.frames.filter(f => f.update.type === 'done').length === 3);
  equal(viewer.frames.at(-1).update.parent_task_message.content.content, 'And this is whole.', 'the text that the third answer was closed with');
  equal((await texts(host, task)).at(-1), 'And this is whole.', 'the third answer as it is stored');
  equal(viewer.faults, [], 'numbers of the stream that were missed or repeated');
  equal(agent.received.filter(r => r.method === 'message/send').length, 3, 'how often the agent was asked');
});

test('what a synchronous agent says whole is told once, whenever the host dies between storing and telling it', async scope => {
  const host = scope.use(await Host.create(scope.folder()));
  await host.start({ AGENTS_FAIL_POINTS: 'answer.after_stored:1' });
  const whole = (text, index) => ({ type: 'full', index, content: { type: 'text', author: 'agent', content: text } });
  const agent = scope.use(await RemoteAgent.start((method, { content: said }) => said.content === 'Two?' ? [whole('One.', 0), whole('Two.', 1)] : [whole(`${said.content}!`, 0)]));
  await host.call('POST', '/agents/register', { name: 'remote', description: 'In this process', acp_url: agent.url, acp_type: 'sync' });
  const task = await persist(host, 'remote', 'task/create', { name: 'whole' });
  const viewer = scope.use(new Viewer(host.url, task.id));
  const say = (text, stream) => host.rpc('remote', 'message/send', { task_id: task.id, stream, content: content(text) }).catch(() => {});
  const seen = () => viewer.frames.map(f => [f.update.type, f.update.index, f.update.content?.content]);

  // The first answer is stored and not told; the next host dies when it has told the first of its messages, the one after it tells the other alone.
  await Promise.all([within('the host to die with the answer', host.exited), say('Two?', false)]);
  equal(seen(), [], 'what the viewer was told before');
  await host.start({ AGENTS_FAIL_POINTS: 'answer.after_told:1' }).catch(() => {});
  await within('the host to die at its fail point', host.exited);
  await host.start({ AGENTS_FAIL_POINTS: 'answer.after_stored:1' });
  await until('the answer to be told', () => viewer.frames.length >= 2);
  equal(seen(), [['full', 0, 'One.'], ['full', 1, 'Two.']], 'what the viewer was told of the answer');

  // The same for one that is watched, and that the agent never began.
  await Promise.all([within('the host to die with the watched answer', host.exited), say('Watched', true)]);
  await host.start();
  await until('the watched answer to be told', () => viewer.frames.length >= 3);
  await say('Alive', false);
  await say('Seen', true);
  await until('the later answers', () => viewer.frames.length >= 5);
  const all = [['full', 0, 'One.'], ['full', 1, 'Two.'], ['full', 0, 'Watched!'], ['full', 0, 'Alive!'], ['full', 0, 'Seen!']];
  equal(seen(), all, 'what the viewer was told in all');
  equal(viewer.faults, [], 'numbers of the stream that were missed or repeated');
  equal(await texts(host, task), all.map(([, , text]) => text), 'the answers as they are stored');
  await until('nothing to be left to tell', () => host.query("SELECT id FROM messages WHERE answered_by IS NOT NULL").length === 0);
  equal(agent.of('message/send').length, 4, 'how often the agent was asked');
});

test('a stop that was stored by a host that is killed before it told is told by the next one', async scope => {
  const host = scope.use(await Host.create(scope.folder()));
  await host.start({ AGENTS_FAIL_POINTS: 'status.after_stored:1' });
  const agent = scope.use(await RemoteAgent.start());
  await host.call('POST', '/agents/register', { name: 'remote', description: 'In this process', acp_url: agent.url, acp_type: 'async' });
  const task = await persist(host, 'remote', 'task/create', { name: 'stopped' });
  const viewer = scope.use(new Viewer(host.url, task.id));
  host.call('POST', `/tasks/${task.id}/interrupt`).catch(() => {});
  equal(await within('the host to die', host.exited), 'SIGKILL', 'how the host ended');
  await host.start();
  await until('viewers to hear of the stop', () => viewer.frames.some(f => f.update.type === 'task_updated' && f.update.task.status === 'INTERRUPTED'));
  equal(viewer.faults, [], 'numbers of the stream that were missed or repeated');
});
