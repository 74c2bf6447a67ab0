using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class DescribeWorkerHandler(Engine engine)
{
    public ValueTask<DescribeWorkerResponse> HandleAsync(DescribeWorkerRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        var heartbeat = engine.Workers.Find(request.Namespace, request.WorkerInstanceKey) ?? throw Faults.NotFound($"Worker {request.WorkerInstanceKey} not found");
        return new(new DescribeWorkerResponse { WorkerInfo = new() { WorkerHeartbeat = heartbeat } });
    }
}
