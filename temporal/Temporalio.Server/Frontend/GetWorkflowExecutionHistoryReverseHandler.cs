using Google.Protobuf;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

internal sealed class GetWorkflowExecutionHistoryReverseHandler(Engine engine)
{
    private const int EventsPerBatch = 4;

    public async ValueTask<GetWorkflowExecutionHistoryReverseResponse> HandleAsync(GetWorkflowExecutionHistoryReverseRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.Execution);
        var token = request.NextPageToken.IsEmpty ? null : ReverseHistoryToken.Decode(request.NextPageToken);
        var runId = token?.RunId ?? request.Execution.RunId;
        var pageSize = request.MaximumPageSize is > 0 and < PollResponses.MaxBatches ? request.MaximumPageSize : PollResponses.MaxBatches;
        var window = (long)pageSize * EventsPerBatch;
        while (true)
        {
            var slice = await SliceAsync(workflow, runId, token?.EndEventId, window);
            var page = await slice.ReadAsync(engine.Store, int.MaxValue, context.CancellationToken);
            // The first batch may have begun before the window.
            var whole = slice.From == 1 ? page.Segments.Count : page.Segments.Count - 1;
            if (whole >= pageSize || slice.From == 1)
            {
                return Response(slice.RunId, page.Segments, Math.Min(pageSize, whole));
            }

            window *= 2;
        }
    }

    private static GetWorkflowExecutionHistoryReverseResponse Response(string runId, List<ReadOnlyMemory<byte>> segments, int count)
    {
        var events = new History();
        foreach (var segment in segments[^count..])
        {
            events.MergeFrom(segment.Span);
        }

        var first = events.Events.Count > 0 ? events.Events[0].EventId : 1;
        var history = new History();
        history.Events.AddRange(events.Events.Reverse());
        return new GetWorkflowExecutionHistoryReverseResponse
        {
            History = history,
            NextPageToken = first > 1 ? new ReverseHistoryToken(runId, first).Encode() : ByteString.Empty,
        };
    }

    private Task<HistorySlice> SliceAsync(WorkflowKey workflow, string runId, long? end, long window) =>
        engine.Actors.CallAsync(workflow, runId, actor =>
        {
            var step = actor.Require(runId);
            HistoryReading.Harden(step);
            var to = end is { } e && e < step.Run.Log.NextEventId ? e : step.Run.Log.NextEventId;
            return HistorySlice.Of(step.Run, Math.Max(1, to - window), to, []);
        });
}
