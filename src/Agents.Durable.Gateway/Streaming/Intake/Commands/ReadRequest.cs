using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary>What an XREAD asks for.</summary>
/// <param name="Count">Most entries of each stream.</param>
/// <param name="Block">How long to wait when there are none: null for not at all, zero for ever.</param>
/// <param name="Streams">The keys, each with the id after which to read: null for "what comes from now on".</param>
internal sealed record ReadRequest(long Count, TimeSpan? Block, IReadOnlyList<(byte[] Key, EntryId? After)> Streams)
{
    public static bool TryRead(CommandCall call, out ReadRequest request, out RespReply problem)
    {
        request = new(EntryRows.MaxEntries, null, []);
        problem = Refusals.Syntax;
        var at = 1;
        for (; !call.Is(at, "STREAMS") || at + 1 >= call.Count; at += 2)
        {
            if (at + 1 >= call.Count)
            {
                return false;
            }

            if (call.Is(at, "COUNT"))
            {
                if (!call.TryNumber(at + 1, out var count))
                {
                    problem = Refusals.NoInteger;
                    return false;
                }

                request = request with { Count = count <= 0 ? EntryRows.MaxEntries : count };
            }
            else if (call.Is(at, "BLOCK"))
            {
                if (!call.TryNumber(at + 1, out var block) || block < 0)
                {
                    problem = RespReply.Error(block < 0 ? "ERR timeout is negative" : "ERR timeout is not an integer or out of range");
                    return false;
                }

                request = request with { Block = TimeSpan.FromMilliseconds(Math.Min(block, int.MaxValue)) };
            }
            else
            {
                var word = call.Text(at).ToUpperInvariant();
                problem = word is "GROUP" or "NOACK" ? RespReply.Error($"ERR The {word} option is only supported by XREADGROUP. You called XREAD instead.") : Refusals.Syntax;
                return false;
            }
        }

        return TryStreams(call, at + 1, ref request, out problem);
    }

    private static bool TryStreams(CommandCall call, int begin, ref ReadRequest request, out RespReply problem)
    {
        if ((call.Count - begin) % 2 != 0)
        {
            problem = RespReply.Error("ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
            return false;
        }

        var half = (call.Count - begin) / 2;
        var streams = new List<(byte[], EntryId?)>();
        for (var i = 0; i < half; i++)
        {
            var text = call.Text(begin + half + i);
            var id = default(EntryId);
            if (text != "$" && !EntryId.TryParse(text, 0, out id))
            {
                problem = text == ">"
                    ? RespReply.Error("ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.")
                    : Refusals.InvalidId;
                return false;
            }

            streams.Add((call.Arguments[begin + i], text == "$" ? null : id));
        }

        request = request with { Streams = streams };
        problem = RespReply.Ok;
        return true;
    }
}
