using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Batch;
using Temporalio.Server.Execution;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

internal sealed class StartBatchOperationHandler(Engine engine)
{
    private static readonly StartPolicies s_onceOnly = new(WorkflowIdReusePolicy.RejectDuplicate, WorkflowIdConflictPolicy.Fail);

    public async ValueTask<StartBatchOperationResponse> HandleAsync(StartBatchOperationRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        Check(request);
        if (request.VisibilityQuery.Length > 0)
        {
            VisibilityLists.ParseForBatch(engine, request.Namespace, request.VisibilityQuery);
        }

        var running = await engine.Visibility.QueryAsync(request.Namespace, r => r.CloseTime is null && BatchLists.IsJob(r));
        if (running.Count > 0 && running[0].Workflow.WorkflowId != request.JobId)
        {
            throw Faults.ConcurrentLimit("Max concurrent batch operations is reached");
        }

        return await engine.Actors.CallAsync(new WorkflowKey(request.Namespace, request.JobId), "", actor =>
        {
            var requestId = engine.Ids.NewId();
            // Refuses a job id that was ever used.
            StartPolicies.Existing(actor, s_onceOnly, new StartWorkflowExecutionRequest { RequestId = requestId }, "");
            var step = NewRun.Create(actor, new RunSeed { RequestId = requestId, Start = Start(request) });
            BatchRunner.Begin(step);
            return new StartBatchOperationResponse();
        });
    }

    private static Api.History.V1.WorkflowExecutionStartedEventAttributes Start(StartBatchOperationRequest request) => new()
    {
        WorkflowType = new() { Name = BatchJob.WorkflowType },
        TaskQueue = new() { Name = "temporal-sys-per-ns-tq", Kind = TaskQueueKind.Normal },
        Identity = BatchJob.IdentityOf(request),
        Memo = BatchJob.MemoOf(request),
        SearchAttributes = new() { IndexedFields = { ["TemporalNamespaceDivision"] = SearchAttributeValues.Of(BatchJob.Division, IndexedValueType.Keyword) } },
    };

    private static void Check(StartBatchOperationRequest request)
    {
        var executions = BatchJob.ExecutionsOf(request).Count > 0;
        if (request.OperationCase == StartBatchOperationRequest.OperationOneofCase.None || request.Reason.Length == 0 || (request.VisibilityQuery.Length == 0 && !executions))
        {
            throw Faults.Invalid("must provide required parameters: BatchType,Reason,Namespace, AND one of (Query OR Executions OR TargetExecutions)");
        }

        if (request.JobId.Length == 0)
        {
            throw Faults.Invalid("JobId is not set on request.");
        }

        if (request.VisibilityQuery.Length > 0 && executions)
        {
            throw Faults.Invalid("visibility query, executions, and target executions are mutually exclusive");
        }

        switch (request.OperationCase)
        {
            case StartBatchOperationRequest.OperationOneofCase.SignalOperation when request.SignalOperation.Signal.Length == 0:
                throw Faults.Invalid("must provide signal name");
            case StartBatchOperationRequest.OperationOneofCase.ResetOperation:
                CheckReset(request.ResetOperation);
                break;
            case StartBatchOperationRequest.OperationOneofCase.UpdateWorkflowOptionsOperation when request.UpdateWorkflowOptionsOperation is not { WorkflowExecutionOptions: not null, UpdateMask: not null }:
                throw Faults.Invalid("must provide UpdateOptions");
            case > StartBatchOperationRequest.OperationOneofCase.UpdateWorkflowOptionsOperation:
                throw new RpcFault(RpcStatusCode.Unimplemented, $"batch operation {request.OperationCase} is not served");
        }
    }

    private static void CheckReset(Api.Batch.V1.BatchOperationReset reset)
    {
        if (reset.Options is { } options)
        {
            if (options.TargetCase == Api.Common.V1.ResetOptions.TargetOneofCase.None)
            {
                throw Faults.Invalid("batch reset missing target");
            }

            if (options.TargetCase == Api.Common.V1.ResetOptions.TargetOneofCase.BuildId)
            {
                throw new RpcFault(RpcStatusCode.Unimplemented, "a batch resets to workflow tasks only");
            }

            return;
        }

#pragma warning disable CS0612 // Clients of the last years say it this way.
        if (reset.ResetType == ResetType.Unspecified)
        {
            throw Faults.Invalid($"unknown batch reset type {reset.ResetType}");
        }
#pragma warning restore CS0612
    }
}
