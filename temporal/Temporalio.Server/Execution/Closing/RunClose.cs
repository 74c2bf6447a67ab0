using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.Tasks;

namespace Temporalio.Server.Execution.Closing;

/// <summary>The ways a run ends. Where another run follows, it is made in the same step.</summary>
internal static class RunClose
{
    public static void Complete(RunStep step, Payloads? result, long completedEventId)
    {
        var next = CronContinuation.Next(step);
        var e = step.Append(new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionCompleted,
            WorkflowExecutionCompletedEventAttributes = new() { Result = result, WorkflowTaskCompletedEventId = completedEventId },
        });
        Finish(step, WorkflowExecutionStatus.Completed, e);
        if (next is { } backoff)
        {
            e.WorkflowExecutionCompletedEventAttributes.NewExecutionRunId = Continuation.Again(step, backoff, ContinueAsNewInitiator.CronSchedule, null, result);
        }
        else
        {
            ParentNotice.Send(step, e);
        }
    }

    public static void Fail(RunStep step, Failure failure, long completedEventId)
    {
        var info = step.Run.Info;
        var (delay, state) = ActivityRetries.Decide(info.Start.RetryPolicy, info.Start.Attempt, failure, info.ExecutionExpiration, step.Now);
        var cron = state == RetryState.InProgress ? null : CronContinuation.Next(step);
        var e = step.Append(new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionFailed,
            WorkflowExecutionFailedEventAttributes = new() { Failure = failure, RetryState = state, WorkflowTaskCompletedEventId = completedEventId },
        });
        Finish(step, WorkflowExecutionStatus.Failed, e);
        e.WorkflowExecutionFailedEventAttributes.NewExecutionRunId = AgainOrOver(step, e, failure, state == RetryState.InProgress ? delay : null, cron);
    }

    public static void Cancel(RunStep step, Payloads? details, long completedEventId)
    {
        var e = step.Append(new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionCanceled,
            WorkflowExecutionCanceledEventAttributes = new() { Details = details, WorkflowTaskCompletedEventId = completedEventId },
        });
        Finish(step, WorkflowExecutionStatus.Canceled, e);
        ParentNotice.Send(step, e);
    }

    public static void Terminate(RunStep step, string reason, Payloads? details, string identity, IEnumerable<Link>? links = null)
    {
        WorkflowTaskFailure.ForceClose(step);
        var e = new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionTerminated,
            WorkflowExecutionTerminatedEventAttributes = new() { Reason = reason, Details = details, Identity = identity },
        };
        e.Links.AddRange(links ?? []);
        Finish(step, WorkflowExecutionStatus.Terminated, step.Append(e));
        ParentNotice.Send(step, e);
    }

    /// <summary>
    /// After a failure: the next run, by the retry policy or the cron schedule; without one the parent is told. Answers with the next run's id.
    /// </summary>
    public static string AgainOrOver(RunStep step, HistoryEvent e, Failure failure, TimeSpan? retry, TimeSpan? cron)
    {
        if ((retry ?? cron) is { } delay)
        {
            return Continuation.Again(step, delay, retry is null ? ContinueAsNewInitiator.CronSchedule : ContinueAsNewInitiator.Retry, failure, null);
        }

        ParentNotice.Send(step, e);
        return "";
    }

    /// <summary>Marks the run as ended by the event: what concerns it alone. The word to the parent is the caller's.</summary>
    public static void Finish(RunStep step, WorkflowExecutionStatus status, HistoryEvent e)
    {
        var info = step.Run.Info;
        info.Status = status;
        info.CloseTime = e.EventTime.ToDateTimeOffset();
        info.AwaitsFirstTask = false;
        foreach (var activity in step.Run.Activities.All)
        {
            // Nobody will start it again.
            activity.VolatileStart = false;
        }

        step.Run.NextWake = null;
        OpenCalls.Close(step);
        ParentClosePolicies.Apply(step);
    }
}
