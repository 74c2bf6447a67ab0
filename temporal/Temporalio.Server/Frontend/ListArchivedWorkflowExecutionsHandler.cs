using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class ListArchivedWorkflowExecutionsHandler(Engine engine)
{
    public ValueTask<ListArchivedWorkflowExecutionsResponse> HandleAsync(ListArchivedWorkflowExecutionsRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        throw Faults.Invalid("Cluster is not configured for visibility archival.");
    }
}
