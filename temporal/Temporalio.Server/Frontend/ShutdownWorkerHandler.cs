using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Matching;

namespace Temporalio.Server.Frontend;

internal sealed class ShutdownWorkerHandler(Engine engine)
{
    public ValueTask<ShutdownWorkerResponse> HandleAsync(ShutdownWorkerRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        if (request.WorkerHeartbeat is { WorkerInstanceKey.Length: > 0 } heartbeat)
        {
            engine.Workers.Record(request.Namespace, heartbeat);
        }

        if (request.StickyTaskQueue.Length > 0)
        {
            engine.Matching.CloseSticky(new TaskQueueKey(request.Namespace, request.StickyTaskQueue, TaskQueueType.Workflow));
        }

        return new(new ShutdownWorkerResponse());
    }
}
