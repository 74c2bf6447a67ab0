using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class ListWorkflowExecutionsHandler(Engine engine)
{
    public async ValueTask<ListWorkflowExecutionsResponse> HandleAsync(ListWorkflowExecutionsRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        var query = VisibilityLists.Parse(engine, request.Namespace, request.Query);
        var found = await VisibilityLists.FindAsync(engine, request.Namespace, query);
        var (page, next) = VisibilityLists.Page(found, request.PageSize, request.NextPageToken);
        var response = new ListWorkflowExecutionsResponse { NextPageToken = next };
        response.Executions.AddRange(page.Select(r => r.ToInfo()));
        return response;
    }
}
