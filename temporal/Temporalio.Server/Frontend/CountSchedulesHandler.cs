using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class CountSchedulesHandler(Engine engine)
{
    public async ValueTask<CountSchedulesResponse> HandleAsync(CountSchedulesRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        return new CountSchedulesResponse { Count = (await ScheduleLists.FindAsync(engine, request.Namespace, request.Query)).Count };
    }
}
