using Temporalio.Common;

namespace Temporalio.Worker;

/// <summary>The place of a worker among deployed versions.</summary>
public class WorkerDeploymentOptions : ICloneable
{
    /// <summary>Options to be filled in.</summary>
    public WorkerDeploymentOptions()
    {
    }

    /// <param name="version">Deployment and build id of this worker.</param>
    /// <param name="useWorkerVersioning">True if workflows are to be bound to versions.</param>
    public WorkerDeploymentOptions(WorkerDeploymentVersion version, bool useWorkerVersioning)
    {
        Version = version;
        UseWorkerVersioning = useWorkerVersioning;
    }

    /// <summary>Deployment and build id of this worker.</summary>
    public WorkerDeploymentVersion? Version { get; set; }

    /// <summary>True if workflows are to be bound to versions.</summary>
    public bool UseWorkerVersioning { get; set; }

    /// <summary>Behaviour of workflows that do not say theirs.</summary>
    public VersioningBehavior DefaultVersioningBehavior { get; set; }

    /// <inheritdoc/>
    public virtual object Clone() => MemberwiseClone();
}
