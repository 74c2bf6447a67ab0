using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>TYPE key</c>: stream or none.</summary>
internal sealed class TypeCommand() : KeyCommand("TYPE", 2, new("Determines the type of value stored at a key.", "1.0.0", "generic", "readonly", "fast") { Keys = (1, 1, 1) })
{
    protected override async ValueTask<RespReply> RunAsync(CommandCall call) => new RespStatus(await IsThereAsync(call, 1) ? "stream" : "none");
}
