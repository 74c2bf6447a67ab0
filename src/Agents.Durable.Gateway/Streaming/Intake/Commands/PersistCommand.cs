using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>PERSIST key</c>: there is no expiration to remove.</summary>
internal sealed class PersistCommand() : KeyCommand("PERSIST", 2, new("Removes the expiration time of a key.", "2.2.0", "generic", "write", "fast") { Keys = (1, 1, 1) })
{
    protected override ValueTask<RespReply> RunAsync(CommandCall call) => ValueTask.FromResult<RespReply>(new RespInteger(0));
}
