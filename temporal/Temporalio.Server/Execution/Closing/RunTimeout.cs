using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.Tasks;

namespace Temporalio.Server.Execution.Closing;

/// <summary>A run's, or the whole chain's, time is up.</summary>
internal static class RunTimeout
{
    public static void TimeOut(RunStep step)
    {
        var info = step.Run.Info;
        var failure = new Failure { Message = "workflow timeout", Source = "Server", TimeoutFailureInfo = new() { TimeoutType = TimeoutType.StartToClose } };
        var chainEnded = info.ExecutionExpiration <= step.Now;
        var (delay, state) = chainEnded
            ? (default, RetryState.Timeout)
            : ActivityRetries.Decide(info.Start.RetryPolicy, info.Start.Attempt, failure, info.ExecutionExpiration, step.Now);
        var cron = chainEnded || state == RetryState.InProgress ? null : CronContinuation.Next(step);
        WorkflowTaskFailure.ForceClose(step);
        var e = step.Append(new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionTimedOut,
            WorkflowExecutionTimedOutEventAttributes = new() { RetryState = state },
        });
        RunClose.Finish(step, WorkflowExecutionStatus.TimedOut, e);
        e.WorkflowExecutionTimedOutEventAttributes.NewExecutionRunId =
            RunClose.AgainOrOver(step, e, failure, state == RetryState.InProgress ? delay : null, cron);
    }
}
