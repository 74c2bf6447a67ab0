using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary>
/// <c>XRANGE key start end [COUNT n]</c>, <c>XREVRANGE key end start [COUNT n]</c>: what the stream holds, folded or not. One answer has at most
/// <see cref="EntryRows.MaxEntries"/> entries; who wants more goes on behind the last.
/// </summary>
internal sealed class RangeCommand(string name, bool isBackwards) : IntakeCommand(
    name, -4, new($"Returns the messages from a stream within a range of IDs{(isBackwards ? " in reverse order" : "")}.", "5.0.0", "stream", "readonly") { Keys = (1, 1, 1) })
{
    protected override async ValueTask<RespReply> RunAsync(CommandCall call)
    {
        var (start, end) = isBackwards ? (3, 2) : (2, 3);
        if (!Bound.TryRead(call.Text(start), isStart: true, out var first, out var problem) || !Bound.TryRead(call.Text(end), isStart: false, out var last, out problem))
        {
            return problem;
        }

        var count = (long)EntryRows.MaxEntries;
        for (var at = 4; at < call.Count; at += 2)
        {
            if (!call.Is(at, "COUNT") || at + 1 == call.Count)
            {
                return Refusals.Syntax;
            }

            if (!call.TryNumber(at + 1, out count))
            {
                return Refusals.NoInteger;
            }
        }

        if (await call.Session.TaskOfAsync(call.Arguments[1], call.Leaving) is not { } taskId)
        {
            return new RespArray();
        }

        await call.Session.WrittenAsync();
        if (count <= 0)
        {
            return await call.Services.Entries.AnyAsync(taskId, call.Leaving) ? RespReply.NullArray : new RespArray();
        }

        var rows = call.Services.Entries;
        var range = new EntryRange(await first.FirstAsync(rows, taskId, call.Leaving), await last.LastAsync(rows, taskId, call.Leaving), first.IsExclusive);
        return EntryReplies.Of(await rows.ReadAsync(taskId, range, count, isBackwards, call.Leaving));
    }

    /// <summary>One end of a range.</summary>
    private readonly record struct Bound(EntryId Id, bool IsExclusive)
    {
        private const string Largest = "18446744073709551615";

        public static bool TryRead(string text, bool isStart, out Bound bound, out RespReply problem)
        {
            var isExclusive = text.StartsWith('(');
            var plain = isExclusive ? text[1..] : text;
            bound = default;
            problem = Refusals.InvalidId;
            EntryId id;
            if (!isExclusive && plain is "-" or "+")
            {
                id = plain == "-" ? default : new(long.MaxValue, long.MaxValue);
            }
            else if (!EntryId.TryParse(plain, isStart ? 0 : long.MaxValue, out id))
            {
                return false;
            }

            if (isExclusive && (isStart ? plain == $"{Largest}-{Largest}" : id == default))
            {
                problem = RespReply.Error($"ERR invalid {(isStart ? "start" : "end")} ID for the interval");
                return false;
            }

            bound = new(id, isExclusive);
            return true;
        }

        public async ValueTask<long> FirstAsync(EntryRows rows, string taskId, CancellationToken cancellationToken)
        {
            var (seq, isEntry) = await PlaceAsync(rows, taskId, cancellationToken);
            return isEntry && !IsExclusive ? seq : seq + 1;
        }

        public async ValueTask<long> LastAsync(EntryRows rows, string taskId, CancellationToken cancellationToken)
        {
            var (seq, isEntry) = await PlaceAsync(rows, taskId, cancellationToken);
            return isEntry && IsExclusive ? seq - 1 : seq;
        }

        private async ValueTask<(long Seq, bool IsEntry)> PlaceAsync(EntryRows rows, string taskId, CancellationToken cancellationToken) =>
            Id.Milliseconds == long.MaxValue ? (long.MaxValue - 1, false) : await rows.PlaceAsync(taskId, Id, cancellationToken);
    }
}
