using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Streaming;

namespace Agents.Durable.Data.Stream;

/// <summary>Several delta rows as one that stands for all their numbers.</summary>
/// <param name="From">The first number.</param>
/// <param name="Seq">The last number, whose row is kept.</param>
internal sealed record StreamFold(long From, long Seq, byte[] Update)
{
    /// <summary>The folds of consecutive rows: deltas of the same kind, of the same message, from the same attempt, with no other row between them.</summary>
    public static IReadOnlyList<StreamFold> Plan(IReadOnlyList<StreamFrame> rows)
    {
        var folds = new List<StreamFold>();
        (StreamFrame First, StreamFrame Last, MessageDeltaUpdate Sum)? run = null;
        foreach (var row in rows)
        {
            var delta = Read(row);
            if (run is { } open && delta is not null && row.From == open.Last.Seq + 1 && Same(open.Last, row) && Add(open.Sum, delta) is { } sum)
            {
                run = (open.First, row, sum);
                continue;
            }

            Close(run, folds);
            run = delta is null ? null : (row, row, delta);
        }

        Close(run, folds);
        return folds;
    }

    private static void Close((StreamFrame First, StreamFrame Last, MessageDeltaUpdate Sum)? run, List<StreamFold> folds)
    {
        if (run is { } done && !ReferenceEquals(done.First, done.Last))
        {
            folds.Add(new StreamFold(done.First.From, done.Last.Seq, Wire.ToUtf8<TaskMessageUpdate>(done.Sum)));
        }
    }

    private static MessageDeltaUpdate? Read(StreamFrame row)
    {
        if (row.Flags is not (StreamFlags.None or StreamFlags.HubOnly) || !row.Update.Span.StartsWith("{\"type\":\"delta\""u8))
        {
            return null;
        }

        try
        {
            return Wire.FromJson<TaskMessageUpdate>(row.Update.Span) as MessageDeltaUpdate;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Same(StreamFrame a, StreamFrame b) => a.CallId == b.CallId && a.Attempt == b.Attempt && a.Flags == b.Flags;

    private static MessageDeltaUpdate? Add(MessageDeltaUpdate sum, MessageDeltaUpdate next)
    {
        if (sum.Index != next.Index || sum.ParentTaskMessage?.Id != next.ParentTaskMessage?.Id)
        {
            return null;
        }

        MessageDelta? delta = (sum.Delta, next.Delta) switch
        {
            (TextDelta a, TextDelta b) => new TextDelta(a.Text + b.Text),
            (DataDelta a, DataDelta b) => new DataDelta(a.Data + b.Data),
            (ToolRequestDelta a, ToolRequestDelta b) when a.ToolCallId == b.ToolCallId => b with { ArgumentsDelta = a.ArgumentsDelta + b.ArgumentsDelta },
            (ToolResponseDelta a, ToolResponseDelta b) when a.ToolCallId == b.ToolCallId => b with { ContentDelta = a.ContentDelta + b.ContentDelta },
            (ReasoningSummaryDelta a, ReasoningSummaryDelta b) when a.SummaryIndex == b.SummaryIndex => b with { SummaryDelta = a.SummaryDelta + b.SummaryDelta },
            (ReasoningContentDelta a, ReasoningContentDelta b) when a.ContentIndex == b.ContentIndex => b with { ContentDelta = a.ContentDelta + b.ContentDelta },
            _ => null,
        };
        return delta is null ? null : next with { Delta = delta };
    }
}
