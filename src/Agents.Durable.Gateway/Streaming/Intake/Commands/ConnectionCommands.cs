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

/// <summary><c>ECHO message</c></summary>
internal sealed class EchoCommand() : IntakeCommand("ECHO", 2, new("Returns the given string.", "1.0.0", "connection", "fast"))
{
    protected override ValueTask<RespReply> RunAsync(CommandCall call) => ValueTask.FromResult<RespReply>(new RespBulk(call.Arguments[1]));
}

/// <summary><c>SELECT index</c>: every database is the same one, because addresses of agents name one or not.</summary>
internal sealed class SelectCommand() : IntakeCommand("SELECT", 2, new("Changes the selected database.", "1.0.0", "connection", "fast"))
{
    private const long Databases = 16;

    protected override ValueTask<RespReply> RunAsync(CommandCall call) => ValueTask.FromResult(
        !call.TryNumber(1, out var index) ? Refusals.NoInteger
        : index is < 0 or >= Databases ? RespReply.Error("ERR DB index is out of range")
        : RespReply.Ok);
}

/// <summary><c>QUIT</c>: the answers up to this one, then the end.</summary>
internal sealed class QuitCommand() : IntakeCommand("QUIT", -1, new("Closes the connection.", "1.0.0", "connection", "fast") { ForStrangers = true })
{
    protected override ValueTask<RespReply> RunAsync(CommandCall call)
    {
        call.Session.IsClosing = true;
        return ValueTask.FromResult(RespReply.Ok);
    }
}

/// <summary><c>RESET</c>: the connection is as new, without a key and in version 2 of the protocol.</summary>
internal sealed class ResetCommand() : IntakeCommand("RESET", 1, new("Resets the connection.", "6.2.0", "connection", "fast") { ForStrangers = true })
{
    protected override ValueTask<RespReply> RunAsync(CommandCall call)
    {
        call.Session.Reset();
        return ValueTask.FromResult<RespReply>(new RespStatus("RESET"));
    }
}
