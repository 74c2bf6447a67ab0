using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>How an activity is run. Start-to-close or schedule-to-close time-out must be set.</summary>
public class ActivityOptions : ICloneable
{
    /// <summary>Most time for all attempts together, waiting included. Default: that of the run.</summary>
    public TimeSpan? ScheduleToCloseTimeout { get; set; }

    /// <summary>Most time in the task queue. Not retried when it passes. Default: none.</summary>
    public TimeSpan? ScheduleToStartTimeout { get; set; }

    /// <summary>Most time for one attempt.</summary>
    public TimeSpan? StartToCloseTimeout { get; set; }

    /// <summary>Most time between two heartbeats. Default: none.</summary>
    public TimeSpan? HeartbeatTimeout { get; set; }

    /// <summary>How failures are retried. Default: 1 s, doubling to 100 s, without end.</summary>
    public RetryPolicy? RetryPolicy { get; set; }

    /// <summary>What the workflow sees of a cancellation.</summary>
    public ActivityCancellationType CancellationType { get; set; } = ActivityCancellationType.TryCancel;

    /// <summary>Cancels it. Default: the workflow's own token.</summary>
    public CancellationToken? CancellationToken { get; set; }

    /// <summary>Task queue. Default: the workflow's.</summary>
    public string? TaskQueue { get; set; }

    /// <summary>A line that user interfaces show.</summary>
    public string? Summary { get; set; }

    /// <summary>Id of the activity. Default: given by the SDK. Best left alone.</summary>
    public string? ActivityId { get; set; }

    /// <summary>Which build ids may run it.</summary>
    [Obsolete("Worker versioning by build id is gone; use worker deployments.")]
    public VersioningIntent VersioningIntent { get; set; }

    /// <summary>True if the activity may not start in this worker without a way through the task queue.</summary>
    public bool DisableEagerActivityExecution { get; set; }

    /// <summary>Priority of the activity. Default: the workflow's.</summary>
    public Priority? Priority { get; set; }

    /// <summary>A copy; the retry policy is copied too.</summary>
    public virtual object Clone()
    {
        var copy = (ActivityOptions)MemberwiseClone();
        copy.RetryPolicy = RetryPolicy is null ? null : RetryPolicy with { };
        return copy;
    }
}
