using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Worker.Core.Machines;
using ProtoDeploymentOptions = Temporalio.Api.Deployment.V1.WorkerDeploymentOptions;

namespace Temporalio.Worker.Core.Polling;

/// <summary>How one worker names itself and its queues to the server.</summary>
internal sealed class WorkerIdentity
{
    private readonly CoreWorkerOptions _options;

    public WorkerIdentity(CoreWorkerOptions options, CoreHost host)
    {
        _options = options;
        InstanceKey = host.NewId().ToString();
        StickyQueueName = options.MaxCachedWorkflows > 0 && options.PollWorkflows ? $"{options.Identity}-{host.NewId():N}" : null;
    }

    public string Identity => _options.Identity;

    public string Namespace => _options.Namespace;

    public string InstanceKey { get; }

    /// <summary>None if nothing is cached: then there is nothing to come back to.</summary>
    public string? StickyQueueName { get; }

    public TaskQueue NormalQueue => CommandParts.Queue(_options.TaskQueue);

    public TaskQueue? StickyQueue => StickyQueueName is null
        ? null
        : new() { Name = StickyQueueName, Kind = TaskQueueKind.Sticky, NormalName = _options.TaskQueue };

    public ProtoDeploymentOptions? Deployment => _options.DeploymentName is null
        ? null
        : new()
        {
            DeploymentName = _options.DeploymentName,
            BuildId = _options.BuildId,
            WorkerVersioningMode = _options.UseVersioning ? WorkerVersioningMode.Versioned : WorkerVersioningMode.Unversioned,
        };

    /// <summary>Whether the server takes builds as such; not known before it has been asked.</summary>
    public bool SendsBuildIds { get; set; } = true;

    /// <summary>The build for servers that know it only under this name, else empty.</summary>
    public string BinaryChecksum => SendsBuildIds ? string.Empty : _options.BuildId;

#pragma warning disable CS0612 // Told to servers of any age, also where a deployment says the same.
    public WorkerVersionCapabilities? Capabilities => SendsBuildIds ? new() { BuildId = _options.BuildId, UseVersioning = UsesBuildIds } : null;

    public WorkerVersionStamp? Stamp => SendsBuildIds ? new() { BuildId = _options.BuildId, UseVersioning = UsesBuildIds } : null;
#pragma warning restore CS0612

    private bool UsesBuildIds => _options.UseVersioning && _options.DeploymentName is null;
}
