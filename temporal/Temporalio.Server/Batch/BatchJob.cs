using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Batch;

/// <summary>How far a job has come. The place is that of the last execution of a query's result that was dealt with.</summary>
internal sealed record BatchProgress(long Total, long Complete, long Failed, DateTimeOffset? PlaceStart, string PlaceRunId)
{
    /// <summary>A job that does not know yet what it has to do.</summary>
    public static readonly BatchProgress None = new(-1, 0, 0, null, "");

    public long Done => Complete + Failed;
}

/// <summary>
/// A job is a run of the server's own kind: its memo holds what was asked for and how far it is, so that it goes on after a restart and is
/// kept as long as workflows are.
/// </summary>
internal static class BatchJob
{
    public const string Division = "TemporalBatcher";
    public const string WorkflowType = "temporal-sys-batch-workflow-protobuf";
    private const string RequestKey = "temporal-sys-batch-request";
    private const string ProgressKey = "temporal-sys-batch-progress";

    public static bool Is(RunInfo info) => info.Start.WorkflowType.Name == WorkflowType && info.Memo?.Fields.ContainsKey(RequestKey) == true;

    public static Memo MemoOf(StartBatchOperationRequest request) => new() { Fields = { [RequestKey] = new Payload { Data = request.ToByteString() }, [ProgressKey] = Written(BatchProgress.None) } };

    public static StartBatchOperationRequest RequestOf(Memo memo) => StartBatchOperationRequest.Parser.ParseFrom(memo.Fields[RequestKey].Data);

    public static BatchProgress ProgressOf(Memo memo)
    {
        var reader = new StateReader(memo.Fields[ProgressKey].Data.Span);
        return new(reader.Number(), reader.Number(), reader.Number(), reader.Time(), reader.RequiredText());
    }

    public static void Note(RunStep step, BatchProgress progress)
    {
        var memo = step.Run.Info.Memo!.Clone();
        memo.Fields[ProgressKey] = Written(progress);
        step.Run.Info.Memo = memo;
        step.Touch();
    }

    public static BatchOperationState StateOf(WorkflowExecutionStatus status) => status switch
    {
        WorkflowExecutionStatus.Running => BatchOperationState.Running,
        WorkflowExecutionStatus.Completed => BatchOperationState.Completed,
        _ => BatchOperationState.Failed,
    };

    public static BatchOperationType TypeOf(StartBatchOperationRequest request) => request.OperationCase switch
    {
        StartBatchOperationRequest.OperationOneofCase.TerminationOperation => BatchOperationType.TerminateWorkflow,
        StartBatchOperationRequest.OperationOneofCase.SignalOperation => BatchOperationType.SignalWorkflow,
        StartBatchOperationRequest.OperationOneofCase.CancellationOperation => BatchOperationType.CancelWorkflow,
        StartBatchOperationRequest.OperationOneofCase.DeletionOperation => BatchOperationType.DeleteWorkflow,
        StartBatchOperationRequest.OperationOneofCase.ResetOperation => BatchOperationType.ResetWorkflow,
        _ => BatchOperationType.UpdateWorkflowExecutionOptions,
    };

    public static string IdentityOf(StartBatchOperationRequest request) =>
        request.TerminationOperation?.Identity ?? request.SignalOperation?.Identity ?? request.CancellationOperation?.Identity ??
        request.DeletionOperation?.Identity ?? request.ResetOperation?.Identity ?? request.UpdateWorkflowOptionsOperation?.Identity ?? "";

    /// <summary>The executions that the request names, in either of its two ways.</summary>
    public static IReadOnlyList<WorkflowExecution> ExecutionsOf(StartBatchOperationRequest request)
    {
#pragma warning disable CS0612 // Clients of the last years say it this way.
        return request.Executions.Count > 0
            ? request.Executions
            : [.. request.TargetExecutions.Select(e => new WorkflowExecution { WorkflowId = e.BusinessId, RunId = e.RunId })];
#pragma warning restore CS0612
    }

    private static Payload Written(BatchProgress progress)
    {
        var writer = new StateWriter();
        writer.Number(progress.Total);
        writer.Number(progress.Complete);
        writer.Number(progress.Failed);
        writer.Time(progress.PlaceStart);
        writer.Text(progress.PlaceRunId);
        return new Payload { Data = ByteString.CopyFrom(writer.ToMemory().Span) };
    }
}
