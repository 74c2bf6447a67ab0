using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>EXISTS key …</c>; a key that is named twice counts twice.</summary>
internal sealed class ExistsCommand() : KeyCommand("EXISTS", -2, new("Determines whether keys exist.", "1.0.0", "generic", "readonly", "fast") { Keys = (1, -1, 1) })
{
    protected override async ValueTask<RespReply> RunAsync(CommandCall call)
    {
        var there = 0;
        for (var i = 1; i < call.Count; i++)
        {
            there += await IsThereAsync(call, i) ? 1 : 0;
        }

        return new RespInteger(there);
    }
}
