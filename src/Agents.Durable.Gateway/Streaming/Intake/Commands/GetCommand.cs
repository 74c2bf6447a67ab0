using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>GET key</c>: no key here has a plain value.</summary>
internal sealed class GetCommand() : KeyCommand("GET", 2, new("Returns the string value of a key.", "1.0.0", "string", "readonly", "fast") { Keys = (1, 1, 1) })
{
    protected override async ValueTask<RespReply> RunAsync(CommandCall call) => await IsThereAsync(call, 1) ? Refusals.WrongType : RespReply.Null;
}
