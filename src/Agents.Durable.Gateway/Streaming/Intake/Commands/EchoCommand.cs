using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>ECHO message</c></summary>
internal sealed class EchoCommand() : IntakeCommand("ECHO", 2, new("Returns the given string.", "1.0.0", "connection", "fast"))
{
    protected override ValueTask<RespReply> RunAsync(CommandCall call) => ValueTask.FromResult<RespReply>(new RespBulk(call.Arguments[1]));
}
