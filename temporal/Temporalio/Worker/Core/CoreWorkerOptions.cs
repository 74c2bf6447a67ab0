using Temporalio.Worker.Tuning;

namespace Temporalio.Worker.Core;

/// <summary>What the core needs to know; the language layer fills it from <c>TemporalWorkerOptions</c>. Defaults are the official SDK's.</summary>
internal sealed record CoreWorkerOptions
{
    public required string Namespace { get; init; }

    public required string TaskQueue { get; init; }

    public required string Identity { get; init; }

    public required string BuildId { get; init; }

    /// <summary>True when the build id takes part in worker versioning.</summary>
    public bool UseVersioning { get; init; }

    public string? DeploymentName { get; init; }

    public bool PollWorkflows { get; init; } = true;

    public bool PollActivities { get; init; } = true;

    public int MaxCachedWorkflows { get; init; } = 10_000;

    public int MaxConcurrentWorkflowTasks { get; init; } = 100;

    public int MaxConcurrentActivities { get; init; } = 100;

    public int MaxConcurrentLocalActivities { get; init; } = 100;

    /// <summary>The user's own suppliers; they win over the numbers above.</summary>
    public CustomSlotSupplier? WorkflowSlots { get; init; }

    public CustomSlotSupplier? ActivitySlots { get; init; }

    public CustomSlotSupplier? LocalActivitySlots { get; init; }

    public int MaxConcurrentWorkflowTaskPolls { get; init; } = 5;

    public int MaxConcurrentActivityTaskPolls { get; init; } = 5;

    public double NonStickyToStickyPollRatio { get; init; } = 0.2;

    public TimeSpan StickyQueueScheduleToStartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan MaxHeartbeatThrottleInterval { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan DefaultHeartbeatThrottleInterval { get; init; } = TimeSpan.FromSeconds(30);

    public double? MaxActivitiesPerSecond { get; init; }

    public double? MaxTaskQueueActivitiesPerSecond { get; init; }

    public TimeSpan GracefulShutdownPeriod { get; init; }

    /// <summary>Fails the workflow instead of its task on nondeterminism, for all types or for those named.</summary>
    public bool NondeterminismFailsWorkflow { get; init; }

    public IReadOnlySet<string> NondeterminismFailsWorkflowTypes { get; init; } = new HashSet<string>();

    /// <summary>Workflow, activity types of this worker, sent on shutdown.</summary>
    public IReadOnlyCollection<string> WorkflowTypes { get; init; } = [];

    public IReadOnlyCollection<string> ActivityTypes { get; init; } = [];
}
