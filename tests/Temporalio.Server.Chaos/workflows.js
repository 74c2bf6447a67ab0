// Workflows that keep what they were told, in order.
import { allHandlersFinished, condition, defineSignal, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow';

const { touch } = proxyActivities({ startToCloseTimeout: '20s', retry: { initialInterval: '100ms' } });

export const add = defineSignal('add');
export const close = defineSignal('close');
export const put = defineUpdate('put');

// Ends when it is told to close; its result is every signal and update it took.
export async function ledger() {
  const signals = [], updates = [];
  let closing = false;
  setHandler(add, (n) => { signals.push(n); });
  setHandler(close, () => { closing = true; });
  setHandler(put, async (n) => {
    const position = updates.push(n);
    if (n % 3 === 0) await touch(n);
    return position;
  });
  for (let round = 0; !(await condition(() => closing, '1500ms')); round++) await touch(-round);
  await condition(allHandlersFinished);
  return { signals, updates };
}

// As short as a workflow with an activity can be.
export async function once(n) {
  return await touch(n);
}
