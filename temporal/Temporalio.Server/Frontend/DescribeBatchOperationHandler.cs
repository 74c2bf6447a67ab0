using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Batch;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Frontend;

internal sealed class DescribeBatchOperationHandler(Engine engine)
{
    public async ValueTask<DescribeBatchOperationResponse> HandleAsync(DescribeBatchOperationRequest request, RpcContext context)
    {
        var key = BatchLists.Key(engine, request.Namespace, request.JobId);
        return await engine.Actors.CallAsync(key, "", actor =>
        {
            var info = BatchLists.Require(actor).Run.Info;
            var job = BatchJob.RequestOf(info.Memo!);
            var progress = BatchJob.ProgressOf(info.Memo!);
            var response = new DescribeBatchOperationResponse
            {
                OperationType = BatchJob.TypeOf(job),
                JobId = request.JobId,
                State = BatchJob.StateOf(info.Status),
                StartTime = info.StartTime.ToProto(),
                CloseTime = info.CloseTime?.ToProto(),
                TotalOperationCount = Math.Max(0, progress.Total),
                CompleteOperationCount = progress.Complete,
                FailureOperationCount = progress.Failed,
                Identity = BatchJob.IdentityOf(job),
                Reason = job.Reason,
                Query = job.VisibilityQuery,
            };
            response.Executions.AddRange(BatchJob.ExecutionsOf(job).Select(e => new Api.Common.V1.Execution { Type = ExecutionType.Workflow, BusinessId = e.WorkflowId, RunId = e.RunId }));
            return response;
        });
    }
}
