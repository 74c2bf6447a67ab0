using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>XTRIM key MAXLEN | MINID …</c>: removes nothing, because viewers replay the stream; the answer says so.</summary>
internal sealed class TrimCommand() : IntakeCommand(
    "XTRIM", -4, new("Deletes messages from the beginning of a stream (here none: viewers replay them).", "5.0.0", "stream", "write") { Keys = (1, 1, 1) })
{
    protected override ValueTask<RespReply> RunAsync(CommandCall call) =>
        ValueTask.FromResult(TrimOptions.TryRead(call, 2, isAdd: false, out _, out var problem) ? new RespInteger(0) : problem);
}
