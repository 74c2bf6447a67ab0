using Temporalio.Api.Activity.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Execution.Activities;

/// <summary>What people do to pending activities: stop them, let them go on, start them over, change their options.</summary>
internal static class ActivityOperations
{
    /// <summary>No further attempt begins; a running one is told with its next heartbeat.</summary>
    public static void Pause(RunStep step, PendingActivity activity, string identity, string reason)
    {
        if (activity.IsPaused)
        {
            return;
        }

        activity.Pause = new ActivityPause(step.Now, identity, reason);
        if (!activity.IsStarted)
        {
            // The reference that waits in matching is void.
            activity.Stamp++;
        }

        Changed(step);
    }

    public static void Unpause(RunStep step, PendingActivity activity, bool resetAttempts, bool resetHeartbeat)
    {
        if (!activity.IsPaused)
        {
            return;
        }

        activity.Pause = null;
        if (resetAttempts && !activity.IsStarted)
        {
            activity.Attempt = 1;
        }

        ForgetHeartbeat(activity, resetHeartbeat);
        StartOver(step, activity);
        Changed(step);
    }

    /// <summary>Attempts are counted anew, from the running one on or from the next, which does not wait.</summary>
    public static void Reset(RunStep step, PendingActivity activity, bool keepPaused, bool resetHeartbeat)
    {
        ForgetHeartbeat(activity, resetHeartbeat);
        if (activity.IsStarted)
        {
            activity.ResetRequested = true;
        }
        else
        {
            activity.Attempt = 1;
        }

        if (!keepPaused)
        {
            activity.Pause = null;
        }

        if (!activity.IsPaused)
        {
            StartOver(step, activity);
        }

        Changed(step);
    }

    /// <summary>Gives the activity other options; what waits, waits by them from now on.</summary>
    public static void Change(RunStep step, PendingActivity activity, ActivityOptions options)
    {
        activity.TaskQueue = options.TaskQueue.Name;
        activity.ScheduleToClose = options.ScheduleToCloseTimeout.ToSpan();
        activity.ScheduleToStart = options.ScheduleToStartTimeout.ToSpan();
        activity.StartToClose = options.StartToCloseTimeout.ToSpan();
        activity.Heartbeat = options.HeartbeatTimeout.ToSpan();
        activity.RetryPolicy = options.RetryPolicy;
        activity.Priority = options.Priority;
        if (activity.Status == ActivityStatus.Backoff)
        {
            var begun = activity.AttemptScheduledTime - activity.CurrentBackoff;
            activity.CurrentBackoff = ActivityRetries.Backoff(activity.RetryPolicy, activity.Attempt - 1);
            activity.AttemptScheduledTime = begun + activity.CurrentBackoff;
            activity.LastFailure = null;
        }
        else if (activity is { Status: ActivityStatus.Scheduled, IsPaused: false })
        {
            activity.Stamp++;
            activity.LastFailure = null;
            ActivityLifecycle.Dispatch(step, activity);
        }

        ActivityDeadlines.Watch(step, activity);
        step.Touch();
    }

    private static void StartOver(RunStep step, PendingActivity activity)
    {
        if (activity.IsStarted)
        {
            return;
        }

        if (activity.Status == ActivityStatus.Backoff)
        {
            activity.Fire(ActivityTrigger.Due);
            activity.AttemptScheduledTime = step.Now;
        }

        activity.Stamp++;
        activity.LastFailure = null;
        ActivityLifecycle.Dispatch(step, activity);
        ActivityDeadlines.Watch(step, activity);
    }

    private static void ForgetHeartbeat(PendingActivity activity, bool forget)
    {
        if (forget)
        {
            activity.HeartbeatDetails = null;
            activity.LastHeartbeatTime = null;
        }
    }

    private static void Changed(RunStep step)
    {
        SearchAttributeValues.SetKeywords(
            step.Run.Info, "TemporalPauseInfo", [.. step.Run.Activities.All.Where(a => a.IsPaused).Select(a => "property:activityType=" + a.Type).Distinct()]);
        step.Touch();
    }
}
