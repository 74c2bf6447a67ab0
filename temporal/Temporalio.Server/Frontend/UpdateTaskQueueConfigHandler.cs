using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

/// <summary>Task queues have no limits of their own here: a request that sets none is answered, one that does is refused.</summary>
internal sealed class UpdateTaskQueueConfigHandler(Engine engine)
{
    public ValueTask<UpdateTaskQueueConfigResponse> HandleAsync(UpdateTaskQueueConfigRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        Check("UpdateQueueRateLimit", request.UpdateQueueRateLimit, request.TaskQueueType);
        Check("UpdateFairnessKeyRateLimitDefault", request.UpdateFairnessKeyRateLimitDefault, request.TaskQueueType);
        return new(new UpdateTaskQueueConfigResponse { Config = new() });
    }

    private static void Check(string what, UpdateTaskQueueConfigRequest.Types.RateLimitUpdate? update, TaskQueueType type)
    {
        if (update is null)
        {
            return;
        }

        if (type == TaskQueueType.Workflow)
        {
            throw Faults.Invalid("Setting rate limit on workflow task queues is not allowed.");
        }

        if (update.RateLimit is { RequestsPerSecond: < 0 })
        {
            throw Faults.Invalid($"RequestsPerSecond for {what} rate limit must be non-negative.");
        }

        if (update.RateLimit is not null)
        {
            throw new RpcFault(RpcStatusCode.Unimplemented, "task queues have no rate limits on this server");
        }
    }
}
