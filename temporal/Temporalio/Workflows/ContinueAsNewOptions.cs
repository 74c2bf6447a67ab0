using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>What of the next run differs from this one.</summary>
public class ContinueAsNewOptions : ICloneable
{
    /// <summary>Task queue. Default: this run's.</summary>
    public string? TaskQueue { get; set; }

    /// <summary>Most time for the run. Default: this run's.</summary>
    public TimeSpan? RunTimeout { get; set; }

    /// <summary>Most time for one workflow task. Default: this run's.</summary>
    public TimeSpan? TaskTimeout { get; set; }

    /// <summary>Time until the next run starts. Default: none.</summary>
    public TimeSpan? BackoffStartInterval { get; set; }

    /// <summary>How the whole workflow is retried. Default: this run's.</summary>
    public RetryPolicy? RetryPolicy { get; set; }

    /// <summary>Memo. Default: this run's.</summary>
    public IReadOnlyDictionary<string, object>? Memo { get; set; }

    /// <summary>Search attributes. Default: this run's.</summary>
    public SearchAttributeCollection? TypedSearchAttributes { get; set; }

    /// <summary>Which build ids may run it.</summary>
    [Obsolete("Worker versioning by build id is gone; use worker deployments.")]
    public VersioningIntent VersioningIntent { get; set; }

    /// <summary>Where the next run starts among the versions.</summary>
    public InitialVersioningBehavior? InitialVersioningBehavior { get; set; }

    /// <summary>A copy; the retry policy is copied too.</summary>
    public virtual object Clone()
    {
        var copy = (ContinueAsNewOptions)MemberwiseClone();
        copy.RetryPolicy = RetryPolicy is null ? null : RetryPolicy with { };
        return copy;
    }
}
