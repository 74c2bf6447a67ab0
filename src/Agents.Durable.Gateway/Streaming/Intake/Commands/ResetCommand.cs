using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>RESET</c>: the connection is as new, without a key and in version 2 of the protocol.</summary>
internal sealed class ResetCommand() : IntakeCommand("RESET", 1, new("Resets the connection.", "6.2.0", "connection", "fast") { ForStrangers = true })
{
    protected override ValueTask<RespReply> RunAsync(CommandCall call)
    {
        call.Session.Reset();
        return ValueTask.FromResult<RespReply>(new RespStatus("RESET"));
    }
}
