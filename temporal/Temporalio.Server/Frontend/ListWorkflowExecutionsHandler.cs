using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class ListWorkflowExecutionsHandler(Engine engine)
{
    public async ValueTask<ListWorkflowExecutionsResponse> HandleAsync(ListWorkflowExecutionsRequest request, RpcContext context)
    {
        var (page, next) = await VisibilityLists.PageAsync(engine, request.Namespace, request.Query, request.PageSize, request.NextPageToken);
        return new ListWorkflowExecutionsResponse { Executions = { page.Select(r => r.ToInfo()) }, NextPageToken = next };
    }
}
