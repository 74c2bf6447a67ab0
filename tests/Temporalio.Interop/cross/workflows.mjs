// The counterparts of Conversation.cs and Caller.cs.
import { condition, defineQuery, defineSignal, defineUpdate, executeChild, proxyActivities, setHandler } from '@temporalio/workflow';

export async function conversation(opening) {
  const said = [opening];
  let ending = false;
  setHandler(defineSignal('say'), (text) => { said.push(text); });
  setHandler(defineQuery('count'), () => said.length);
  setHandler(defineUpdate('end'), (last) => { said.push(last); ending = true; return `${said.length} said`; });
  await condition(() => ending);
  return said;
}

export async function caller(otherQueue) {
  const { Shout, Refuse } = proxyActivities({ taskQueue: otherQueue, startToCloseTimeout: '10s' });
  const answer = await Shout('hello');
  let refusal;
  try { refusal = await Refuse('no'); } catch (e) { refusal = `${e.cause.type}: ${e.cause.message}, ${e.cause.details[1]}`; }
  const child = await executeChild('echo', { taskQueue: otherQueue, args: ['from TypeScript'] });
  return [answer, refusal, child];
}

export async function echo(text) { return `echo ${text}`; }
