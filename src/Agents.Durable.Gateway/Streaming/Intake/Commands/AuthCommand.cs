using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>AUTH [user] key</c>: the key is the agent's; the user's name means nothing.</summary>
internal sealed class AuthCommand() : IntakeCommand("AUTH", -2, new("Authenticates the connection.", "1.0.0", "connection", "fast") { ForStrangers = true })
{
    protected override async ValueTask<RespReply> RunAsync(CommandCall call) =>
        call.Count > 3 ? Refusals.Syntax
        : await call.Session.ShowAsync(call.Text(call.Count - 1), call.Leaving) ? RespReply.Ok
        : Refusals.WrongKey;
}
