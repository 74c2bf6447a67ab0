using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>PING [message]</c></summary>
internal sealed class PingCommand() : IntakeCommand("PING", -1, new("Returns the server's liveliness response.", "1.0.0", "connection", "fast"))
{
    protected override ValueTask<RespReply> RunAsync(CommandCall call) => ValueTask.FromResult(call.Count switch
    {
        1 => new RespStatus("PONG"),
        2 => new RespBulk(call.Arguments[1]),
        _ => Refusals.WrongCount(Name),
    });
}
