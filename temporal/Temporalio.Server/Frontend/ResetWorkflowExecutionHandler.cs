using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Resets;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

internal sealed class ResetWorkflowExecutionHandler(Engine engine)
{
    public ValueTask<ResetWorkflowExecutionResponse> HandleAsync(ResetWorkflowExecutionRequest request, RpcContext context) =>
        ResetAsync(request, engine.Ids.NewId(), context.CancellationToken);

    /// <summary>Resets into a new run of this id.</summary>
    /// <exception cref="RpcFault">INVALID_ARGUMENT, NOT_FOUND.</exception>
    public async ValueTask<ResetWorkflowExecutionResponse> ResetAsync(ResetWorkflowExecutionRequest request, string newRunId, CancellationToken cancellationToken)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.WorkflowExecution);
        Check(request);
        while (true)
        {
            var source = await SourceAsync(workflow, request, cancellationToken);
            // The base run may have moved on while its history was read: then once more.
            if (await engine.Actors.CallAsync(workflow, source.BaseRunId, actor => RunReset.Reset(actor, source, request, newRunId)))
            {
                return new ResetWorkflowExecutionResponse { RunId = newRunId };
            }
        }
    }

    private static void Check(ResetWorkflowExecutionRequest request)
    {
        if (request.RequestId.Length == 0)
        {
            throw Faults.Invalid("RequestId is not set on request.");
        }

        if (Requests.TooLong(request.RequestId))
        {
            throw Faults.Invalid("RequestId length exceeds limit.");
        }

        foreach (var operation in request.PostResetOperations)
        {
            if (operation.UpdateWorkflowOptions is null)
            {
                throw Faults.Invalid($"unsupported post reset operation: {(operation.VariantCase == Api.Workflow.V1.PostResetOperation.VariantOneofCase.None ? "<nil>" : $"*workflow.PostResetOperation_{operation.VariantCase}_")}");
            }
        }
    }

    // The run in which this one continued as new.
    private async Task<HistorySlice?> NextAsync(WorkflowKey workflow, string runId)
    {
        var nextRunId = await engine.Actors.CallAsync(workflow, runId, actor =>
            actor.Find(runId)?.Run.Info is { Status: Api.Enums.V1.WorkflowExecutionStatus.ContinuedAsNew } info ? info.NewRunId : "");
        return nextRunId.Length == 0 ? null : await engine.Actors.CallAsync(workflow, nextRunId, actor =>
        {
            if (actor.Find(nextRunId) is not { } step)
            {
                return null;
            }

            HistoryReading.Harden(step);
            return HistorySlice.Of(step.Run, 1, step.Run.Log.NextEventId, []);
        });
    }

    private async Task<ResetSource> SourceAsync(WorkflowKey workflow, ResetWorkflowExecutionRequest request, CancellationToken cancellationToken)
    {
        var slice = await engine.Actors.CallAsync(workflow, request.WorkflowExecution.RunId, actor =>
        {
            var step = actor.Require(request.WorkflowExecution.RunId);
            HistoryReading.Harden(step);
            var next = step.Run.Log.NextEventId;
            return request.WorkflowTaskFinishEventId > 1 && request.WorkflowTaskFinishEventId < next
                ? HistorySlice.Of(step.Run, 1, next, [])
                : throw Faults.Invalid("Workflow task finish ID must be > 1 && <= workflow last event ID.");
        });
        var page = await slice.ReadAsync(engine.Store, int.MaxValue, cancellationToken);
        List<History> before = [];
        List<HistoryEvent> after = [];
        foreach (var segment in page.Segments)
        {
            var batch = History.Parser.ParseFrom(segment.Span);
            if (batch.Events[^1].EventId < request.WorkflowTaskFinishEventId)
            {
                before.Add(batch);
            }
            else if (batch.Events[0].EventId >= request.WorkflowTaskFinishEventId)
            {
                after.AddRange(batch.Events);
            }
            else
            {
                throw Faults.Invalid(
                    $"StateRebuilder unable to Rebuild mutable state to event ID: {request.WorkflowTaskFinishEventId - 1}, version: 0, this event must be at the boundary");
            }
        }

        List<RunPosition> read = [new(slice.RunId, slice.To)];
        while (await NextAsync(workflow, read[^1].RunId) is { } next)
        {
            foreach (var segment in (await next.ReadAsync(engine.Store, int.MaxValue, cancellationToken)).Segments)
            {
                after.AddRange(History.Parser.ParseFrom(segment.Span).Events);
            }

            read.Add(new(next.RunId, next.To));
        }

        return new ResetSource(read, before, after);
    }
}
