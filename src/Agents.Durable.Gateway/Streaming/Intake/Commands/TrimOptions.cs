using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary>The options by which XADD and XTRIM shorten a stream of Redis. They are read and checked; a task's stream is not shortened.</summary>
/// <param name="NoMakeStream">XADD is to do nothing where nothing was written yet.</param>
/// <param name="End">The argument after the options.</param>
internal readonly record struct TrimOptions(bool NoMakeStream, int End)
{
    public static bool TryRead(CommandCall call, int at, bool isAdd, out TrimOptions options, out RespReply problem)
    {
        options = default;
        problem = Refusals.Syntax;
        var (strategy, isRough, hasLimit, noMakeStream) = ("", false, false, false);
        for (; at < call.Count; at++)
        {
            var hasMore = at + 1 < call.Count;
            if (isAdd && call.Text(at) == "*")
            {
                break;
            }

            var word = call.Text(at).ToUpperInvariant();
            if (word is "MAXLEN" or "MINID" && hasMore)
            {
                if (strategy.Length > 0)
                {
                    problem = RespReply.Error("ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
                    return false;
                }

                strategy = word;
                isRough = at + 2 < call.Count && call.Is(at + 1, "~");
                at += at + 2 < call.Count && call.Text(at + 1) is "~" or "=" ? 2 : 1;
                if (!IsThreshold(call, at, word, out problem))
                {
                    return false;
                }
            }
            else if (word == "LIMIT" && hasMore)
            {
                hasLimit = true;
                if (!call.TryNumber(++at, out var limit) || limit < 0)
                {
                    problem = limit < 0 ? RespReply.Error("ERR The LIMIT argument must be >= 0.") : Refusals.NoInteger;
                    return false;
                }
            }
            else if (isAdd && word == "NOMKSTREAM")
            {
                noMakeStream = true;
            }
            else if (isAdd)
            {
                break;
            }
            else
            {
                problem = Refusals.Syntax;
                return false;
            }
        }

        if (hasLimit && !isRough)
        {
            problem = RespReply.Error(strategy.Length == 0
                ? "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy"
                : "ERR syntax error, LIMIT cannot be used without the special ~ option");
            return false;
        }

        options = new(noMakeStream, at);
        problem = strategy.Length == 0 && !isAdd ? Refusals.Syntax : RespReply.Ok;
        return strategy.Length > 0 || isAdd;
    }

    private static bool IsThreshold(CommandCall call, int at, string strategy, out RespReply problem)
    {
        var isValid = strategy == "MINID" ? EntryId.TryParse(call.Text(at), 0, out _) : call.TryNumber(at, out var length) && length >= 0;
        problem = isValid ? RespReply.Ok
            : strategy == "MINID" ? Refusals.InvalidId
            : call.TryNumber(at, out _) ? RespReply.Error("ERR The MAXLEN argument must be >= 0.") : Refusals.NoInteger;
        return isValid;
    }
}
