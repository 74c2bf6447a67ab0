using Google.Protobuf;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

/// <summary>A history of which only the last event is wanted: how clients wait for a result.</summary>
internal static class CloseEventReader
{
    public static async ValueTask<RpcReply> ReadAsync(
        Engine engine, WorkflowKey workflow, GetWorkflowExecutionHistoryRequest request, HistoryToken? token, RpcContext context)
    {
        var runId = token?.RunId ?? request.Execution.RunId;
        var view = await ViewAsync(engine, workflow, runId, request.WaitNewEvent);
        if (view.Waiter is { } waiter)
        {
            if (!await LongPolls.WaitAsync(engine, waiter, context))
            {
                return Answer(new History(), new HistoryToken(view.RunId, 1, 1, true, false).Encode());
            }

            view = await ViewAsync(engine, workflow, view.RunId, wait: false);
        }

        var history = new History();
        if (view.Last is { } last)
        {
            var page = await last.ReadAsync(engine.Store, PollResponses.MaxBatches, context.CancellationToken);
            var e = page.Parse().Events[^1];
            history.Events.Add(FollowsRuns(context) ? e : AsContinuation(e));
        }

        return Answer(history, ByteString.Empty);
    }

    private static RpcReply Answer(History history, ByteString token) => new(new GetWorkflowExecutionHistoryResponse { History = history, NextPageToken = token });

    private static bool FollowsRuns(RpcContext context) =>
        context.Metadata.TryGetValue("supported-features", out var features) && features.Contains("follows-next-run-id", StringComparison.Ordinal);

    // Older clients know one way only that a run leads to another.
    private static HistoryEvent AsContinuation(HistoryEvent e)
    {
        WorkflowExecutionContinuedAsNewEventAttributes? attributes = e.EventType switch
        {
            EventType.WorkflowExecutionCompleted when e.WorkflowExecutionCompletedEventAttributes is { NewExecutionRunId.Length: > 0 } a =>
                new() { NewExecutionRunId = a.NewExecutionRunId, LastCompletionResult = a.Result },
            EventType.WorkflowExecutionFailed when e.WorkflowExecutionFailedEventAttributes is { NewExecutionRunId.Length: > 0 } a =>
                new() { NewExecutionRunId = a.NewExecutionRunId, Failure = a.Failure },
            EventType.WorkflowExecutionTimedOut when e.WorkflowExecutionTimedOutEventAttributes is { NewExecutionRunId.Length: > 0 } a =>
                new()
                {
                    NewExecutionRunId = a.NewExecutionRunId,
                    Failure = new() { Message = "workflow timeout", Source = "Server", TimeoutFailureInfo = new() { TimeoutType = TimeoutType.StartToClose } },
                },
            _ => null,
        };
        return attributes is null
            ? e
            : new HistoryEvent
            {
                EventId = e.EventId,
                EventTime = e.EventTime,
                EventType = EventType.WorkflowExecutionContinuedAsNew,
                Version = e.Version,
                TaskId = e.TaskId,
                WorkflowExecutionContinuedAsNewEventAttributes = attributes,
            };
    }

    private static Task<CloseView> ViewAsync(Engine engine, WorkflowKey workflow, string runId, bool wait) =>
        engine.Actors.CallAsync(workflow, runId, actor =>
        {
            var run = actor.Require(runId).Run;
            if (!run.IsOpen)
            {
                var end = run.Log.NextEventId;
                return new CloseView(run.RunId, HistorySlice.Of(run, end - 1, end, []), null);
            }

            if (!wait)
            {
                return new CloseView(run.RunId, null, null);
            }

            var waiter = new HistoryWaiter(0, closeOnly: true);
            run.Waiters.Add(waiter);
            return new CloseView(run.RunId, null, waiter);
        });

    private sealed record CloseView(string RunId, HistorySlice? Last, HistoryWaiter? Waiter);
}
