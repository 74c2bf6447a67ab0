using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Matching;

namespace Temporalio.Server.Execution.Activities;

/// <summary>What happens to an activity between its command and its completion.</summary>
internal static class ActivityLifecycle
{
    private static readonly Payloads s_notStarted = new()
    {
        Payloads_ = { new Payload { Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain") }, Data = ByteString.CopyFromUtf8("\"ACTIVITY_ID_NOT_STARTED\"") } },
    };

    /// <summary>Offers the current attempt to workers, after the commit.</summary>
    public static void Dispatch(RunStep step, PendingActivity activity) => step.Actor.AfterCommit(Reference(step.Run, activity));

    public static ActivityTaskReference Reference(Run run, PendingActivity activity) =>
        new(run.Workflow, run.RunId, new TaskQueueKey(run.Workflow.Namespace, activity.TaskQueue, TaskQueueType.Activity), activity.ScheduledEventId, activity.Stamp)
        {
            Priority = activity.Priority is { PriorityKey: > 0 } priority ? priority.PriorityKey : 3,
        };

    /// <summary>
    /// A worker takes the attempt. Nothing is written yet: the Started event comes with the completion. The start itself is durable only
    /// where attempts are limited; elsewhere, what is handed out by a later generation of the store counts as another try.
    /// </summary>
    public static void Start(RunStep step, PendingActivity activity, string identity, string requestId)
    {
        activity.Fire(ActivityTrigger.Start);
        activity.StartedTime = step.Now;
        activity.Identity = identity;
        activity.RequestId = requestId;
        activity.AnsweredBy = null;
        activity.ShownAttempt = activity.IsLimited
            ? activity.Attempt
            : activity.Attempt + activity.LostStarts + (int)Math.Max(0, step.Engine.Store.Generation - activity.Generation);
        activity.VolatileStart = !step.Engine.Options.DurableStarts && !activity.IsLimited;
        if (!activity.VolatileStart)
        {
            step.Touch();
        }

        ActivityDeadlines.Watch(step, activity);
    }

    public static void Complete(RunStep step, PendingActivity activity, Payloads? result, string identity)
    {
        var started = Started(step, activity);
        step.Record(new HistoryEvent
        {
            EventType = EventType.ActivityTaskCompleted,
            ActivityTaskCompletedEventAttributes = new()
            {
                Result = result,
                ScheduledEventId = activity.ScheduledEventId,
                StartedEventId = started,
                Identity = identity,
            },
        });
        Finish(step, activity);
    }

    public static void Fail(RunStep step, PendingActivity activity, Failure? failure, string identity, RetryState retryState)
    {
        var started = Started(step, activity);
        step.Record(new HistoryEvent
        {
            EventType = EventType.ActivityTaskFailed,
            ActivityTaskFailedEventAttributes = new()
            {
                Failure = failure,
                ScheduledEventId = activity.ScheduledEventId,
                StartedEventId = started,
                Identity = identity,
                RetryState = retryState,
            },
        });
        Finish(step, activity);
    }

    public static void TimeOut(RunStep step, PendingActivity activity, Failure failure, RetryState retryState)
    {
        var started = activity.IsStarted ? Started(step, activity) : 0;
        step.Record(new HistoryEvent
        {
            EventType = EventType.ActivityTaskTimedOut,
            ActivityTaskTimedOutEventAttributes = new()
            {
                Failure = failure,
                ScheduledEventId = activity.ScheduledEventId,
                StartedEventId = started,
                RetryState = retryState,
            },
        });
        Finish(step, activity);
    }

    public static void Cancel(RunStep step, PendingActivity activity, Payloads? details, string identity)
    {
        var started = activity.IsStarted ? Started(step, activity) : 0;
        step.Record(new HistoryEvent
        {
            EventType = EventType.ActivityTaskCanceled,
            ActivityTaskCanceledEventAttributes = new()
            {
                Details = details,
                LatestCancelRequestedEventId = activity.CancelRequestedEventId,
                ScheduledEventId = activity.ScheduledEventId,
                StartedEventId = started,
                Identity = identity,
            },
        });
        Finish(step, activity);
    }

    /// <summary>Ends an activity that no worker has, at the workflow's command. The event comes after those of the commands.</summary>
    public static void CancelUnstarted(RunStep step, PendingActivity activity, string identity)
    {
        step.Run.Buffer.Add(new HistoryEvent
        {
            EventType = EventType.ActivityTaskCanceled,
            ActivityTaskCanceledEventAttributes = new()
            {
                Details = s_notStarted,
                LatestCancelRequestedEventId = activity.CancelRequestedEventId,
                ScheduledEventId = activity.ScheduledEventId,
                Identity = identity,
            },
        });
        step.Run.Activities.Remove(activity);
    }

    /// <summary>Ends the attempt and prepares the next one. No event tells of it.</summary>
    public static void Retry(RunStep step, PendingActivity activity, Failure? failure, TimeSpan delay)
    {
        if (failure?.TimeoutFailureInfo is null)
        {
            // An attempt that ran out of time never completed.
            activity.LastAttemptCompleteTime = step.Now;
        }

        activity.Fire(ActivityTrigger.Retry);
        activity.LostStarts = activity.ShownAttempt - activity.Attempt;
        activity.Generation = step.Engine.Store.Generation;
        // After a reset the attempt that was running counts as the first.
        activity.Attempt = activity.ResetRequested ? 2 : activity.Attempt + 1;
        activity.ResetRequested = false;
        activity.Stamp++;
        activity.VolatileStart = false;
        activity.LastFailure = failure;
        activity.CurrentBackoff = delay;
        activity.AttemptScheduledTime = step.Now + delay;
        step.Touch();
        ActivityDeadlines.Watch(step, activity);
    }

    /// <summary>The Started event is written late, so that attempts that failed and were repeated leave none.</summary>
    private static long Started(RunStep step, PendingActivity activity)
    {
        var e = step.Record(new HistoryEvent
        {
            EventType = EventType.ActivityTaskStarted,
            ActivityTaskStartedEventAttributes = new()
            {
                ScheduledEventId = activity.ScheduledEventId,
                Identity = activity.Identity,
                RequestId = activity.RequestId,
                Attempt = activity.ShownAttempt,
                LastFailure = activity.LastFailure,
                WorkerVersion = activity.AnsweredBy,
            },
        });
        return e.EventId == 0 ? BufferFlush.Buffered : e.EventId;
    }

    private static void Finish(RunStep step, PendingActivity activity)
    {
        step.Run.Activities.Remove(activity);
        WorkflowTasks.EnsureScheduled(step);
    }
}
