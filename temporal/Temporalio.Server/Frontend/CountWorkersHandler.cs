using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class CountWorkersHandler(Engine engine)
{
    public ValueTask<CountWorkersResponse> HandleAsync(CountWorkersRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        return new(new CountWorkersResponse { Count = WorkerQueries.Find(engine, request.Namespace, request.Query).Count() });
    }
}
