using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>QUIT</c>: the answers up to this one, then the end.</summary>
internal sealed class QuitCommand() : IntakeCommand("QUIT", -1, new("Closes the connection.", "1.0.0", "connection", "fast") { ForStrangers = true })
{
    protected override ValueTask<RespReply> RunAsync(CommandCall call)
    {
        call.Session.IsClosing = true;
        return ValueTask.FromResult(RespReply.Ok);
    }
}
