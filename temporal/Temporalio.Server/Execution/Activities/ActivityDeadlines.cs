using Temporalio.Api.Enums.V1;

namespace Temporalio.Server.Execution.Activities;

/// <summary>An activity's four time-outs and the end of its backoff.</summary>
internal static class ActivityDeadlines
{
    /// <summary>When the activity must be looked at next; <see langword="null"/> if only a worker can move it.</summary>
    public static DateTimeOffset? Next(PendingActivity activity)
    {
        var next = activity.Expiration;
        switch (activity.Status)
        {
            case ActivityStatus.Backoff or ActivityStatus.Scheduled when activity.IsPaused:
                break;
            case ActivityStatus.Backoff:
                Consider(ref next, activity.AttemptScheduledTime);
                break;
            case ActivityStatus.Scheduled when activity.ScheduleToStart > TimeSpan.Zero:
                Consider(ref next, activity.AttemptScheduledTime + activity.ScheduleToStart);
                break;
            case ActivityStatus.Started:
                if (activity.StartToClose > TimeSpan.Zero)
                {
                    Consider(ref next, activity.StartedTime + activity.StartToClose);
                }

                if (activity.Heartbeat > TimeSpan.Zero)
                {
                    Consider(ref next, HeartbeatDue(activity));
                }

                break;
        }

        return next;
    }

    public static void Watch(RunStep step, PendingActivity activity)
    {
        if (Next(activity) is { } due)
        {
            step.WakeAt(due);
        }
    }

    /// <summary>Lets happen what is due. The activity may be gone afterwards.</summary>
    public static void Process(RunStep step, PendingActivity activity)
    {
        if (activity is { Status: ActivityStatus.Backoff, IsPaused: false } && activity.AttemptScheduledTime <= step.Now)
        {
            activity.Fire(ActivityTrigger.Due);
            step.Touch();
            ActivityLifecycle.Dispatch(step, activity);
            ActivityDeadlines.Watch(step, activity);
            return;
        }

        if (DueTimeout(activity, step.Now) is { } type)
        {
            ActivityTimeouts.TimeOut(step, activity, type);
        }
    }

    private static TimeoutType? DueTimeout(PendingActivity activity, DateTimeOffset now)
    {
        (DateTimeOffset Due, TimeoutType Type)? earliest = null;
        void Candidate(DateTimeOffset due, TimeoutType type)
        {
            if (due <= now && (earliest is not { } e || due < e.Due))
            {
                earliest = (due, type);
            }
        }

        if (activity is { Status: ActivityStatus.Scheduled, IsPaused: false } && activity.ScheduleToStart > TimeSpan.Zero)
        {
            Candidate(activity.AttemptScheduledTime + activity.ScheduleToStart, TimeoutType.ScheduleToStart);
        }

        if (activity.Expiration is { } expiration)
        {
            Candidate(expiration, TimeoutType.ScheduleToClose);
        }

        if (activity.IsStarted)
        {
            if (activity.StartToClose > TimeSpan.Zero)
            {
                Candidate(activity.StartedTime + activity.StartToClose, TimeoutType.StartToClose);
            }

            if (activity.Heartbeat > TimeSpan.Zero)
            {
                Candidate(HeartbeatDue(activity), TimeoutType.Heartbeat);
            }
        }

        return earliest?.Type;
    }

    private static DateTimeOffset HeartbeatDue(PendingActivity activity) =>
        (activity.LastHeartbeatTime is { } last && last > activity.StartedTime ? last : activity.StartedTime) + activity.Heartbeat;

    private static void Consider(ref DateTimeOffset? next, DateTimeOffset due)
    {
        if (next is not { } known || due < known)
        {
            next = due;
        }
    }
}
