using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>SELECT index</c>: every database is the same one, because addresses of agents name one or not.</summary>
internal sealed class SelectCommand() : IntakeCommand("SELECT", 2, new("Changes the selected database.", "1.0.0", "connection", "fast"))
{
    private const long Databases = 16;

    protected override ValueTask<RespReply> RunAsync(CommandCall call) => ValueTask.FromResult(
        !call.TryNumber(1, out var index) ? Refusals.NoInteger
        : index is < 0 or >= Databases ? RespReply.Error("ERR DB index is out of range")
        : RespReply.Ok);
}
