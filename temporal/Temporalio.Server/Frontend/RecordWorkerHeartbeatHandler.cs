using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class RecordWorkerHeartbeatHandler(Engine engine)
{
    public ValueTask<RecordWorkerHeartbeatResponse> HandleAsync(RecordWorkerHeartbeatRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        foreach (var heartbeat in request.WorkerHeartbeat)
        {
            engine.Workers.Record(request.Namespace, heartbeat);
        }

        return new(new RecordWorkerHeartbeatResponse());
    }
}
