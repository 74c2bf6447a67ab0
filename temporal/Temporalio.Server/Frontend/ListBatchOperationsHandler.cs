using Temporalio.Api.Batch.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Batch;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Frontend;

internal sealed class ListBatchOperationsHandler(Engine engine)
{
    public async ValueTask<ListBatchOperationsResponse> HandleAsync(ListBatchOperationsRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        var found = await engine.Visibility.QueryAsync(request.Namespace, BatchLists.IsJob);
        var (page, next) = VisibilityLists.Page(found, request.PageSize, request.NextPageToken);
        return new ListBatchOperationsResponse { OperationInfo = { page.Select(Entry) }, NextPageToken = next };
    }

    private static BatchOperationInfo Entry(VisibilityRecord record)
    {
        var info = record.ToInfo();
        return new()
        {
            JobId = record.Workflow.WorkflowId,
            State = BatchJob.StateOf(record.Status),
            StartTime = info.StartTime,
            CloseTime = info.CloseTime,
            OperationType = BatchJob.TypeOf(BatchJob.RequestOf(info.Memo)),
        };
    }
}
