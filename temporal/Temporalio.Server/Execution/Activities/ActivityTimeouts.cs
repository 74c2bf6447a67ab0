using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Server.Execution.Activities;

/// <summary>A time-out as the failure it is: repeated like any other, or the end of the activity.</summary>
internal static class ActivityTimeouts
{
    public static void TimeOut(RunStep step, PendingActivity activity, TimeoutType type)
    {
        var failure = FailureOf(activity, type);
        if (activity.CancelRequested)
        {
            ActivityLifecycle.TimeOut(step, activity, failure, RetryState.CancelRequested);
            return;
        }

        // The time of the whole activity is up, or nobody wants it: another attempt would change neither.
        var (delay, state) = type is TimeoutType.ScheduleToStart or TimeoutType.ScheduleToClose
            ? (default, RetryState.Timeout)
            : ActivityRetries.Decide(activity.RetryPolicy, activity.Attempt, failure, activity.Expiration, step.Now);
        if (state == RetryState.InProgress)
        {
            // The details go with the attempt, not with the failure that it remembers.
            failure.TimeoutFailureInfo.LastHeartbeatDetails = null;
            ActivityLifecycle.Retry(step, activity, failure, delay);
            return;
        }

        if (type != TimeoutType.ScheduleToStart && state == RetryState.Timeout)
        {
            // The attempt ran out of time, and so did the activity: the latter is what the workflow has to know.
            failure = FailureOf(activity, TimeoutType.ScheduleToClose);
            failure.Message = "Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying";
        }

        ActivityLifecycle.TimeOut(step, activity, failure, state);
    }

    private static Failure FailureOf(PendingActivity activity, TimeoutType type) => new()
    {
        Message = $"activity {type} timeout",
        Source = "Server",
        Cause = activity.LastFailure,
        TimeoutFailureInfo = new() { TimeoutType = type, LastHeartbeatDetails = activity.HeartbeatDetails },
    };
}
