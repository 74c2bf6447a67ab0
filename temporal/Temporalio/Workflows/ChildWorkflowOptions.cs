using Temporalio.Common;
using WorkflowIdReusePolicy = Temporalio.Api.Enums.V1.WorkflowIdReusePolicy;

namespace Temporalio.Workflows;

/// <summary>How a child workflow is started.</summary>
public class ChildWorkflowOptions : ICloneable
{
    /// <summary>Workflow id. Default: a random one.</summary>
    public string? Id { get; set; }

    /// <summary>Task queue. Default: the parent's.</summary>
    public string? TaskQueue { get; set; }

    /// <summary>A line that user interfaces show; does not change.</summary>
    public string? StaticSummary { get; set; }

    /// <summary>Text that user interfaces show; does not change.</summary>
    public string? StaticDetails { get; set; }

    /// <summary>How the whole workflow is retried. Default: not at all.</summary>
    public RetryPolicy? RetryPolicy { get; set; }

    /// <summary>What the parent sees of a cancellation.</summary>
    public ChildWorkflowCancellationType CancellationType { get; set; } = ChildWorkflowCancellationType.WaitCancellationCompleted;

    /// <summary>Cancels it. Default: the workflow's own token.</summary>
    public CancellationToken? CancellationToken { get; set; }

    /// <summary>What happens to the child when the parent closes.</summary>
    public ParentClosePolicy ParentClosePolicy { get; set; } = ParentClosePolicy.Terminate;

    /// <summary>Most time for all runs together. Default: none.</summary>
    public TimeSpan? ExecutionTimeout { get; set; }

    /// <summary>Most time for one run. Default: none.</summary>
    public TimeSpan? RunTimeout { get; set; }

    /// <summary>Most time for one workflow task. Default: 10 s.</summary>
    public TimeSpan? TaskTimeout { get; set; }

    /// <summary>Whether the id of a closed workflow may be used again.</summary>
    public WorkflowIdReusePolicy IdReusePolicy { get; set; } = WorkflowIdReusePolicy.AllowDuplicate;

    /// <summary>Cron expression on which the child runs again and again.</summary>
    public string? CronSchedule { get; set; }

    /// <summary>Memo of the child.</summary>
    public IReadOnlyDictionary<string, object>? Memo { get; set; }

    /// <summary>Search attributes of the child.</summary>
    public SearchAttributeCollection? TypedSearchAttributes { get; set; }

    /// <summary>Which build ids may run it.</summary>
    [Obsolete("Worker versioning by build id is gone; use worker deployments.")]
    public VersioningIntent VersioningIntent { get; set; }

    /// <summary>Priority of the child. Default: the parent's.</summary>
    public Priority? Priority { get; set; }

    /// <summary>A copy; the retry policy is copied too.</summary>
    public virtual object Clone()
    {
        var copy = (ChildWorkflowOptions)MemberwiseClone();
        copy.RetryPolicy = RetryPolicy is null ? null : RetryPolicy with { };
        return copy;
    }
}
