using Google.Protobuf;
using Temporalio.Api.History.V1;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution;

/// <summary>
/// Events <c>[From, To)</c> of a run as they were at one step: what was in memory then, and where the rest is. Events that are in no
/// history yet (of a transient or speculative task) follow as <see cref="Unwritten"/>.
/// </summary>
internal sealed record HistorySlice(
    WorkflowKey Workflow, string RunId, long From, long To, IReadOnlyList<HistoryBatch> Tail, IReadOnlyList<HistoryEvent> Unwritten)
{
    public static HistorySlice Of(Run run, long from, long to, IReadOnlyList<HistoryEvent> unwritten)
    {
        var all = run.Log.Tail;
        var first = all.Count;
        while (first > 0 && all[first - 1].NextEventId > from)
        {
            first--;
        }

        var tail = new HistoryBatch[all.Count - first];
        for (var i = 0; i < tail.Length; i++)
        {
            tail[i] = all[first + i];
        }

        return new HistorySlice(run.Workflow, run.RunId, from, to, tail, unwritten);
    }

    /// <summary>
    /// At most <paramref name="maxBatches"/> batches from the front, and the id at which the next page begins (0: there is none).
    /// </summary>
    public async ValueTask<HistoryPage> ReadAsync(IExecutionStore store, int maxBatches, CancellationToken cancellationToken)
    {
        var segments = new List<ReadOnlyMemory<byte>>();
        var position = From;
        var tailFirst = Tail.Count > 0 ? Tail[0].FirstEventId : To;
        while (position < To && position < tailFirst && segments.Count < maxBatches)
        {
            var batches = await store.ReadHistoryAsync(Workflow, RunId, position, Math.Min(To, tailFirst), maxBatches - segments.Count, cancellationToken);
            if (batches.Count == 0)
            {
                throw new InvalidDataException($"History of run {RunId} ends before event {position}.");
            }

            foreach (var batch in batches)
            {
                segments.Add(Cut(batch, position));
                position = batch.NextEventId;
            }
        }

        foreach (var batch in Tail)
        {
            if (batch.NextEventId <= position)
            {
                continue;
            }

            if (position >= To || segments.Count >= maxBatches)
            {
                break;
            }

            segments.Add(Cut(batch, position));
            position = batch.NextEventId;
        }

        if (position < To)
        {
            return new HistoryPage(segments, position);
        }

        if (Unwritten.Count > 0)
        {
            var unwritten = new History();
            unwritten.Events.AddRange(Unwritten);
            segments.Add(unwritten.ToByteArray());
        }

        return new HistoryPage(segments, 0);
    }

    // A worker's part of a history can begin inside a batch: a task whose events were written late shares one with its completion.
    private static ReadOnlyMemory<byte> Cut(HistoryBatch batch, long from)
    {
        if (batch.FirstEventId >= from)
        {
            return batch.Data;
        }

        var history = History.Parser.ParseFrom(batch.Data.Span);
        var rest = new History();
        foreach (var e in history.Events)
        {
            if (e.EventId >= from)
            {
                rest.Events.Add(e);
            }
        }

        return rest.ToByteArray();
    }
}

/// <summary>Batches of a history as bytes; <paramref name="NextEventId"/> is 0 on the last page.</summary>
internal readonly record struct HistoryPage(List<ReadOnlyMemory<byte>> Segments, long NextEventId)
{
    public History Parse()
    {
        var history = new History();
        foreach (var segment in Segments)
        {
            history.MergeFrom(segment.Span);
        }

        return history;
    }
}
