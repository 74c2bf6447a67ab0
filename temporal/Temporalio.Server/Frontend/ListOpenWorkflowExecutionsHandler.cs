using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Frontend;

internal sealed class ListOpenWorkflowExecutionsHandler(Engine engine)
{
    public async ValueTask<ListOpenWorkflowExecutionsResponse> HandleAsync(ListOpenWorkflowExecutionsRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        var times = new StartTimeRange(request.StartTimeFilter);
        var found = await engine.Visibility.QueryAsync(request.Namespace, r => r.CloseTime is null && times.Contains(r) && Passes(request, r));
        var (page, next) = VisibilityLists.Page(found, request.MaximumPageSize, request.NextPageToken);
        var response = new ListOpenWorkflowExecutionsResponse { NextPageToken = next };
        response.Executions.AddRange(page.Select(r => r.ToInfo()));
        return response;
    }

    private static bool Passes(ListOpenWorkflowExecutionsRequest request, VisibilityRecord r) =>
        r.Get("TemporalNamespaceDivision") is null && request.FiltersCase switch
        {
            ListOpenWorkflowExecutionsRequest.FiltersOneofCase.ExecutionFilter => r.Workflow.WorkflowId == request.ExecutionFilter.WorkflowId &&
                (request.ExecutionFilter.RunId.Length == 0 || r.RunId == request.ExecutionFilter.RunId),
            ListOpenWorkflowExecutionsRequest.FiltersOneofCase.TypeFilter => (string?)r.Get("WorkflowType") == request.TypeFilter.Name,
            _ => true,
        };
}
