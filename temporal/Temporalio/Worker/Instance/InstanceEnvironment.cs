using Microsoft.Extensions.Logging;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker.Instance;

/// <summary>What all workflow runs of one worker share.</summary>
internal sealed record InstanceEnvironment
{
    public required string Namespace { get; init; }

    public required string TaskQueue { get; init; }

    public required DataConverter DataConverter { get; init; }

    /// <summary>First is outermost.</summary>
    public IReadOnlyCollection<IWorkerInterceptor> Interceptors { get; init; } = [];

    public required ILoggerFactory LoggerFactory { get; init; }

    public MetricMeter MetricMeter { get; init; } = NoopMetricMeter.Instance;

    public WorkflowStackTrace StackTrace { get; init; }

    public bool DisableEagerActivities { get; init; }

    public IReadOnlyCollection<Type> FailureExceptionTypes { get; init; } = [];

    /// <summary>For workflows that do not say; <see cref="VersioningBehavior.Unspecified"/> without versioning.</summary>
    public VersioningBehavior DefaultVersioningBehavior { get; init; }

    public Func<PatchActivationInput, bool>? PatchActivation { get; init; }

    public Action<WorkflowInfo, WorkflowDefinition>? TaskStarting { get; init; }

    public Action<WorkflowInfo, WorkflowDefinition, Exception?>? TaskCompleted { get; init; }
}
