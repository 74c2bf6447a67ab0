using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary>
/// <c>EXPIRE key seconds [NX | XX | GT | LT]</c> and its kin. Agents send it after each update, so it is answered 1 without looking at the stream; a task's stream
/// does not expire.
/// </summary>
/// <param name="isSpan">The number is a span of time, not a moment.</param>
internal sealed class ExpireCommand(string name, bool isSpan) : IntakeCommand(
    name, -3, new("Sets the expiration time of a key (here without effect).", isSpan ? "1.0.0" : "1.2.0", "generic", "write", "fast") { Keys = (1, 1, 1) })
{
    private const long LongestSeconds = long.MaxValue / 1000;

    protected override async ValueTask<RespReply> RunAsync(CommandCall call)
    {
        var options = call.Arguments.Skip(3).Select((_, i) => call.Text(i + 3)).ToArray();
        if (options.FirstOrDefault(option => option.ToUpperInvariant() is not ("NX" or "XX" or "GT" or "LT")) is { } unknown)
        {
            return RespReply.Error($"ERR Unsupported option {unknown}");
        }

        var words = options.Select(option => option.ToUpperInvariant()).ToHashSet(StringComparer.Ordinal);
        if (words.Contains("NX") && words.Count > 1)
        {
            return RespReply.Error("ERR NX and XX, GT or LT options at the same time are not compatible");
        }

        if (words.Contains("GT") && words.Contains("LT"))
        {
            return RespReply.Error("ERR GT and LT options at the same time are not compatible");
        }

        if (!call.TryNumber(2, out var when))
        {
            return Refusals.NoInteger;
        }

        if (!Name.StartsWith('P') && when is > LongestSeconds or < -LongestSeconds)
        {
            return RespReply.Error($"ERR invalid expire time in '{Name.ToLowerInvariant()}' command");
        }

        return new RespInteger(await call.Session.TaskOfAsync(call.Arguments[1], call.Leaving) is null ? 0 : 1);
    }
}
