using System.Security.Cryptography;
using System.Text;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Closing;
using Temporalio.Server.Frontend;
using Temporalio.Server.Store;

namespace Temporalio.Server.Batch;

/// <summary>What a job does to one execution. Doing it again after a crash does no harm: signals are known by their request id, a reset by the id of its run.</summary>
internal static class BatchOperation
{
    /// <exception cref="Temporalio.Rpc.RpcFault">NOT_FOUND: there is no such execution, or it is closed already.</exception>
    public static async Task ApplyAsync(Engine engine, string jobRunId, StartBatchOperationRequest job, WorkflowKey workflow, string runId)
    {
        if (job.ResetOperation is not null)
        {
            await ResetAsync(engine, jobRunId, job, workflow, runId);
            return;
        }

        await engine.Actors.CallAsync(workflow, runId, actor =>
        {
            Apply(actor.Require(runId), jobRunId, job);
            return true;
        });
    }

    private static void Apply(RunStep step, string jobRunId, StartBatchOperationRequest job)
    {
        if (job.DeletionOperation is not null)
        {
            DeleteWorkflowExecutionHandler.Delete(step);
            return;
        }

        if (!step.Run.IsOpen)
        {
            throw Faults.AlreadyCompleted();
        }

        switch (job.OperationCase)
        {
            case StartBatchOperationRequest.OperationOneofCase.TerminationOperation:
                // The original loses the details, too.
                RunClose.Terminate(step, job.Reason, null, job.TerminationOperation.Identity);
                break;
            case StartBatchOperationRequest.OperationOneofCase.CancellationOperation:
                Cancellation.Request(step, new() { Identity = job.CancellationOperation.Identity }, RequestId(jobRunId, step.Run.RunId));
                break;
            case StartBatchOperationRequest.OperationOneofCase.SignalOperation:
                Signals.Add(step, new()
                {
                    SignalName = job.SignalOperation.Signal,
                    Input = job.SignalOperation.Input,
                    Header = job.SignalOperation.Header,
                    Identity = job.SignalOperation.Identity,
                    RequestId = RequestId(jobRunId, step.Run.RunId),
                });
                break;
            default:
                var options = job.UpdateWorkflowOptionsOperation;
                UpdateWorkflowExecutionOptionsHandler.Update(step, options.WorkflowExecutionOptions ?? new(), options.UpdateMask, options.Identity);
                break;
        }
    }

    private static async Task ResetAsync(Engine engine, string jobRunId, StartBatchOperationRequest job, WorkflowKey workflow, string runId)
    {
        var operation = job.ResetOperation;
        // Of what was asked for: without a run id, the current run is another one afterwards.
        var newRunId = RequestId(jobRunId, $"{workflow.WorkflowId}/{runId}");
        if (await engine.Actors.CallAsync(workflow, newRunId, actor => actor.Find(newRunId) is not null))
        {
            return;
        }

        var slice = await engine.Actors.CallAsync(workflow, runId, actor =>
        {
            var step = actor.Require(runId);
            HistoryReading.Harden(step);
            return HistorySlice.Of(step.Run, 1, step.Run.Log.NextEventId, []);
        });
        var page = await slice.ReadAsync(engine.Store, int.MaxValue, CancellationToken.None);
        List<long> completed = [];
        foreach (var segment in page.Segments)
        {
            completed.AddRange(History.Parser.ParseFrom(segment.Span).Events.Where(e => e.WorkflowTaskCompletedEventAttributes is not null).Select(e => e.EventId));
        }

        var point = PointOf(job, completed) ?? throw Faults.Invalid("There is no workflow task to reset to.");
#pragma warning disable CS0612 // Clients of the last years say it this way.
        var request = new ResetWorkflowExecutionRequest
        {
            Namespace = workflow.Namespace,
            WorkflowExecution = new() { WorkflowId = workflow.WorkflowId, RunId = slice.RunId },
            Reason = job.Reason,
            RequestId = engine.Ids.NewId(),
            WorkflowTaskFinishEventId = point,
            ResetReapplyType = operation.Options?.ResetReapplyType ?? operation.ResetReapplyType,
        };
#pragma warning restore CS0612
        request.ResetReapplyExcludeTypes.AddRange(operation.Options?.ResetReapplyExcludeTypes ?? []);
        request.PostResetOperations.AddRange(operation.PostResetOperations);
        await new ResetWorkflowExecutionHandler(engine).ResetAsync(request, newRunId, CancellationToken.None);
    }

    private static long? PointOf(StartBatchOperationRequest job, List<long> completed)
    {
        var operation = job.ResetOperation;
        if (operation.Options is { WorkflowTaskId: > 0 and var id })
        {
            return id;
        }

#pragma warning disable CS0612 // Clients of the last years say it this way.
        var first = operation.Options is { } options ? options.FirstWorkflowTask is not null : operation.ResetType == ResetType.FirstWorkflowTask;
#pragma warning restore CS0612
        return completed.Count == 0 ? null : first ? completed[0] : completed[^1];
    }

    // The same for the same execution however often the job begins anew.
    private static string RequestId(string jobRunId, string runId) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{jobRunId}/{runId}")).AsSpan(0, 16)).ToString();
}
