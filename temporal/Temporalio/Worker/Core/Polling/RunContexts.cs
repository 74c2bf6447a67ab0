using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Polling;

internal static class RunContexts
{
    public static RunContext Of(CoreWorkerOptions options, CoreHost host, CoreCapabilities capabilities) => new()
    {
        Namespace = options.Namespace,
        TaskQueue = options.TaskQueue,
        SdkName = host.SdkName,
        SdkVersion = host.SdkVersion,
        WritesSdkMetadata = capabilities.SdkMetadata,
        DeploymentVersion = new() { DeploymentName = options.DeploymentName ?? string.Empty, BuildId = options.BuildId },
        NondeterminismFailsWorkflow = options.NondeterminismFailsWorkflow,
        NondeterminismFailsWorkflowTypes = options.NondeterminismFailsWorkflowTypes,
        TimeProvider = host.TimeProvider,
    };
}
