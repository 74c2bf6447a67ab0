using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class ScanWorkflowExecutionsHandler(Engine engine)
{
    public async ValueTask<ScanWorkflowExecutionsResponse> HandleAsync(ScanWorkflowExecutionsRequest request, RpcContext context)
    {
        var (page, next) = await VisibilityLists.PageAsync(engine, request.Namespace, request.Query, request.PageSize, request.NextPageToken);
        return new ScanWorkflowExecutionsResponse { Executions = { page.Select(r => r.ToInfo()) }, NextPageToken = next };
    }
}
