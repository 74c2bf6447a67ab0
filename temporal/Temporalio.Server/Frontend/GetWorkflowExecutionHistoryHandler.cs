using Google.Protobuf;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

internal sealed class GetWorkflowExecutionHistoryHandler(Engine engine)
{
    private const int HistoryField = GetWorkflowExecutionHistoryResponse.HistoryFieldNumber;

    public async ValueTask<RpcReply> HandleAsync(GetWorkflowExecutionHistoryRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.Execution);
        var token = request.NextPageToken.IsEmpty ? null : HistoryToken.Decode(request.NextPageToken);
        if (token is not null && request.Execution.RunId.Length > 0 && token.RunId != request.Execution.RunId)
        {
            throw Faults.Invalid("RunId in the request does not match the NextPageToken.");
        }

        if (request.HistoryEventFilterType == HistoryEventFilterType.CloseEvent)
        {
            return await CloseEventReader.ReadAsync(engine, workflow, request, token, context);
        }

        var runId = token?.RunId ?? request.Execution.RunId;
        var from = token?.NextEventId ?? 1;
        var view = await ViewAsync(workflow, runId, from, token, request.WaitNewEvent, context);
        if (request.WaitNewEvent && view.IsOpen && view.Slice.To <= from && view.Waiter is not null)
        {
            if (!await LongPolls.WaitAsync(engine, view.Waiter, context))
            {
                return Reply(view, new HistoryPage([], from), waiting: true);
            }

            view = await ViewAsync(workflow, view.Slice.RunId, from, token, wait: false, context);
        }

        var maxBatches = request.MaximumPageSize is > 0 and < PollResponses.MaxBatches ? request.MaximumPageSize : PollResponses.MaxBatches;
        var page = await view.Slice.ReadAsync(engine.Store, maxBatches, context.CancellationToken);
        return Reply(view, page, request.WaitNewEvent && view.IsOpen);
    }

    private static RpcReply Reply(HistoryView view, HistoryPage page, bool waiting)
    {
        var next = page.NextEventId;
        if (next == 0 && waiting)
        {
            next = view.Slice.To;
        }

        var response = new GetWorkflowExecutionHistoryResponse
        {
            NextPageToken = next == 0 ? ByteString.Empty : new HistoryToken(view.Slice.RunId, next, view.Slice.To, waiting, view.ForTask).Encode(),
        };
        return new RpcReply(response, new RawField(HistoryField, page.Segments));
    }

    private Task<HistoryView> ViewAsync(WorkflowKey workflow, string runId, long from, HistoryToken? token, bool wait, RpcContext context)
    {
        var cli = context.Metadata.TryGetValue("client-name", out var client) && client is "temporal-cli" or "temporal-ui";
        return engine.Actors.CallAsync(workflow, runId, actor =>
        {
            var step = actor.Require(runId);
            var run = step.Run;
            HistoryReading.Harden(step);

            HistoryWaiter? waiter = null;
            var end = token is { Waiting: false } ? Math.Min(token.EndEventId, run.Log.NextEventId) : run.Log.NextEventId;
            if (wait && run.IsOpen && end <= from)
            {
                run.Waiters.Add(waiter = new HistoryWaiter(from, closeOnly: false));
            }

            var unwritten = cli ? [] : WorkflowTasks.UnwrittenEvents(run, withIdentity: token?.ForTask == true);
            return new HistoryView(HistorySlice.Of(run, from, end, unwritten), run.IsOpen, waiter, token?.ForTask == true);
        });
    }

    private sealed record HistoryView(HistorySlice Slice, bool IsOpen, HistoryWaiter? Waiter, bool ForTask);
}
