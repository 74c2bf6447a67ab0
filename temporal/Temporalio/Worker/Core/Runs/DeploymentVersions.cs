using Temporalio.Api.History.V1;
using Temporalio.Bridge.Api.Common;

namespace Temporalio.Worker.Core.Runs;

/// <summary>Which worker version completed a task, out of the four ways in which histories have said so.</summary>
internal static class DeploymentVersions
{
#pragma warning disable CS0612 // Old histories only have the deprecated fields.
    public static WorkerDeploymentVersion? Of(WorkflowTaskCompletedEventAttributes completed)
    {
        if (completed.DeploymentVersion is { } current)
        {
            return Unless(new() { DeploymentName = current.DeploymentName, BuildId = current.BuildId });
        }

        // "name.build", of which only the build may hold dots.
        if (completed.WorkerDeploymentVersion is { Length: > 0 } joined && joined.IndexOf('.') is > 0 and var dot)
        {
            return new() { DeploymentName = joined[..dot], BuildId = joined[(dot + 1)..] };
        }

        return Unless(new() { DeploymentName = completed.WorkerDeploymentName, BuildId = completed.WorkerVersion?.BuildId ?? string.Empty });
    }
#pragma warning restore CS0612

    private static WorkerDeploymentVersion? Unless(WorkerDeploymentVersion version) =>
        version.DeploymentName.Length == 0 && version.BuildId.Length == 0 ? null : version;
}
