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

#pragma warning disable CS0612 // How a worker without a deployment tells its build.
    public WorkerVersionCapabilities? Capabilities => _options.DeploymentName is null
        ? new() { BuildId = _options.BuildId, UseVersioning = _options.UseVersioning }
        : null;

    public WorkerVersionStamp? Stamp => _options.DeploymentName is null
        ? new() { BuildId = _options.BuildId, UseVersioning = _options.UseVersioning }
        : null;
#pragma warning restore CS0612
}
