using Temporalio.Bridge.Api.Common;

namespace Temporalio.Worker.Core.Runs;

/// <summary>What all runs of a worker share and none changes.</summary>
internal sealed record RunContext
{
    public required string Namespace { get; init; }

    public required string TaskQueue { get; init; }

    public string SdkName { get; init; } = "temporal-dotnet";

    public string SdkVersion { get; init; } = "1.18.0";

    /// <summary>False where the server would not keep the flags; behaviours that need one are then off in new histories too.</summary>
    public bool WritesSdkMetadata { get; init; } = true;

    /// <summary>This worker's own version, told to workflows outside replay.</summary>
    public WorkerDeploymentVersion? DeploymentVersion { get; init; }

    public bool NondeterminismFailsWorkflow { get; init; }

    public IReadOnlySet<string> NondeterminismFailsWorkflowTypes { get; init; } = new HashSet<string>();

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    public bool FailsWorkflowOnNondeterminism(string workflowType) =>
        NondeterminismFailsWorkflow || NondeterminismFailsWorkflowTypes.Contains(workflowType);
}
