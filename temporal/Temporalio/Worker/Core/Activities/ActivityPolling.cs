using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Worker.Core.Polling;

namespace Temporalio.Worker.Core.Activities;

/// <summary>The polls for activity tasks.</summary>
internal sealed class ActivityPolling(CoreWorkerOptions options, CoreHost host, PollLoop loop, WorkerIdentity identity, ActivityTasks activities)
{
    private readonly RateGate _rate = new(options.MaxActivitiesPerSecond, host.TimeProvider);

    /// <exception cref="RpcFault">The server refuses for good.</exception>
    public Task RunAsync(CancellationToken stopping, CancellationToken cutOff)
    {
        var loops = new Task[Math.Clamp(options.MaxConcurrentActivityTaskPolls, 1, activities.Slots.Size)];
        for (var i = 0; i < loops.Length; i++)
        {
            loops[i] = loop.RunAsync<PollActivityTaskQueueResponse>(
                WorkflowServiceMethods.PollActivityTaskQueue, Request, activities.Slots, isSticky: false, _rate.WaitAsync, Accept, stopping, cutOff);
        }

        return Task.WhenAll(loops);
    }

    private bool Accept(PollActivityTaskQueueResponse response, TaskSlot permit)
    {
        if (response.TaskToken.IsEmpty)
        {
            return false;
        }

        return activities.TryAdd(response, permit);
    }

    private PollActivityTaskQueueRequest Request()
    {
        var request = new PollActivityTaskQueueRequest
        {
            Namespace = identity.Namespace,
            TaskQueue = identity.NormalQueue,
            Identity = identity.Identity,
            WorkerInstanceKey = identity.InstanceKey,
            DeploymentOptions = identity.Deployment,
        };
        if (options.MaxTaskQueueActivitiesPerSecond is { } perSecond)
        {
            request.TaskQueueMetadata = new() { MaxTasksPerSecond = perSecond };
        }

#pragma warning disable CS0612 // How a worker without a deployment tells its build.
        request.WorkerVersionCapabilities = identity.Capabilities;
#pragma warning restore CS0612
        return request;
    }
}
