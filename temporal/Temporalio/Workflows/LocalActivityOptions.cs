using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>How a local activity is run. Start-to-close or schedule-to-close time-out must be set.</summary>
public class LocalActivityOptions : ICloneable
{
    /// <summary>Most time for all attempts together, waiting included.</summary>
    public TimeSpan? ScheduleToCloseTimeout { get; set; }

    /// <summary>Most time until a free slot. Not retried when it passes. Default: none.</summary>
    public TimeSpan? ScheduleToStartTimeout { get; set; }

    /// <summary>Most time for one attempt.</summary>
    public TimeSpan? StartToCloseTimeout { get; set; }

    /// <summary>How failures are retried.</summary>
    public RetryPolicy? RetryPolicy { get; set; }

    /// <summary>What the workflow sees of a cancellation.</summary>
    public ActivityCancellationType CancellationType { get; set; } = ActivityCancellationType.TryCancel;

    /// <summary>Cancels it. Default: the workflow's own token.</summary>
    public CancellationToken? CancellationToken { get; set; }

    /// <summary>Id of the activity. Default: given by the SDK. Best left alone.</summary>
    public string? ActivityId { get; set; }

    /// <summary>Longest backoff that is waited for with the workflow task open; a longer one takes a timer. Default: 1 min.</summary>
    public TimeSpan? LocalRetryThreshold { get; set; }

    /// <summary>A line that user interfaces show.</summary>
    public string? Summary { get; set; }

    /// <summary>A copy; the retry policy is copied too.</summary>
    public virtual object Clone()
    {
        var copy = (LocalActivityOptions)MemberwiseClone();
        copy.RetryPolicy = RetryPolicy is null ? null : RetryPolicy with { };
        return copy;
    }
}
