// The one race that a history shows and that means nothing: whether an event found the worker at work. An event that comes while a task is
// out is written after the task's completion, and the next task goes out with the answer to that completion (its Started event says so in
// place of a request id); one that comes a moment later is written at the same place, and the next task is polled for. What could have come
// either way is made equal here; what could not (the event follows from the completion itself, or the server has to hand the next task
// over) is left as it is.
const attributes = (event) => Object.values(event).find((v) => v && typeof v === 'object' && !Array.isArray(v)) ?? {};
const initiator = (event) => { const a = attributes(event); return a.scheduledEventId ?? a.startedEventId ?? a.initiatedEventId; };

// Recorded or played { outcome, histories }, with such request ids masked and the other ids numbered as if those had never been.
export function handedOver({ outcome, histories }) {
  const masked = Object.fromEntries(Object.entries(histories ?? {}).map(([key, events]) => [key, events.map((e) => (eitherWay(e, events) ? { ...e, workflowTaskStartedEventAttributes: { ...e.workflowTaskStartedEventAttributes, requestId: '<handed over or polled>' } } : e))]));
  const numbers = new Map();
  const walk = (v) => (typeof v === 'string' ? v.replace(/<id:\d+>/g, (id) => { if (!numbers.has(id)) numbers.set(id, `<id:${numbers.size + 1}>`); return numbers.get(id); })
    : Array.isArray(v) ? v.map(walk) : v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, x]) => [walk(k), walk(x)])) : v);
  return { outcome: walk(outcome), histories: histories && walk(masked) };
}

// Whether a Started event's task could have been handed over as well as polled for.
function eitherWay(event, events) {
  const started = event.workflowTaskStartedEventAttributes;
  if (!started) return false;
  const at = (id) => events[Number(id) - 1];
  const between = [];
  let before = Number(started.scheduledEventId) - 1;
  while (before > 0 && !/WORKFLOW_TASK_(COMPLETED|FAILED|TIMED_OUT)$/.test(at(before).eventType)) between.push(at(before--));
  if (before === 0 || !at(before).workflowTaskCompletedEventAttributes) return false;
  const own = (e) => e && attributes(e).workflowTaskCompletedEventId === String(before);
  const others = between.filter((e) => !own(e));
  // An activity that was cancelled before it began ends with the very command, and the task has to follow at once.
  const atOnce = others.some((e) => e.activityTaskCanceledEventAttributes && between.some((c) => own(c) && c.activityTaskCancelRequestedEventAttributes?.scheduledEventId === initiator(e)));
  if (atOnce) return false;
  if (others.length === 0) return updateFollows(event, events);
  return others.some((e) => !own(at(initiator(e))));
}

// A task without anything new is there for updates, if one is accepted after it; else the worker asked for it.
function updateFollows(event, events) {
  const next = events.slice(Number(event.eventId)), end = next.findIndex((e) => e.workflowTaskScheduledEventAttributes);
  return next.slice(0, end < 0 ? undefined : end).some((e) => e.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequestSequencingEventId === String(Number(event.eventId) - 1));
}
