import { condition, defineSignal, defineQuery, setHandler, setDefaultSignalHandler, sleep, proxyActivities, allHandlersFinished } from '@temporalio/workflow';
import { ApplicationFailure, HandlerUnfinishedPolicy } from '@temporalio/common';
const note = defineSignal('note'), finish = defineSignal('finish');

// Collects notes in the order in which their handlers ran until finish.
export async function collect() {
  const notes = []; let done = false;
  setHandler(note, (...args) => { notes.push(args.length === 1 ? args[0] : args); }); setHandler(finish, () => { done = true; });
  setHandler(defineQuery('notes'), () => notes);
  await condition(() => done);
  return notes;
}
// Handlers that are set late get what was buffered.
export async function lateHandler() {
  const seen = ['slept']; await sleep(1500);
  setHandler(note, (x) => { seen.push(x); }); setDefaultSignalHandler((name, ...args) => { seen.push({ name, args }); });
  await condition(() => seen.length >= 4);
  return seen;
}
export async function dynamic() {
  const seen = []; setDefaultSignalHandler((name, ...args) => { seen.push([name, ...args]); }); setHandler(note, (x) => { seen.push(['own', x]); });
  await condition(() => seen.length === 3); return seen;
}
export async function asyncHandlers() {
  const { echo } = proxyActivities({ startToCloseTimeout: '10s' }), log = []; let done = false;
  setHandler(note, async (x) => { log.push(`begin ${x}`); await echo(x); log.push(`end ${x}`); }); setHandler(finish, () => { done = true; });
  await condition(() => done && allHandlersFinished());
  return log;
}
export async function failingHandler() { setHandler(note, () => { throw ApplicationFailure.create({ message: 'signal handler failed', type: 'InSignal' }); }); await condition(() => false); }
export async function unfinished(policy) {
  let done = false; setHandler(note, async () => { await condition(() => false); }, { unfinishedPolicy: HandlerUnfinishedPolicy[policy ?? 'WARN_AND_ABANDON'] }); setHandler(finish, () => { done = true; });
  await condition(() => done); return 'closed early';
}
// Starts with an activity that signals its own workflow: the signal is buffered behind the running task.
export async function signalledByActivity() {
  const seen = []; setHandler(note, (x) => { seen.push(x); });
  const { signalMe } = proxyActivities({ startToCloseTimeout: '10s' });
  await signalMe('note', 'from the activity'); seen.push('activity done'); return seen;
}
