using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>XDEL key id …</c>: removes nothing, because viewers replay the entries; the answer says so.</summary>
internal sealed class DeleteEntriesCommand() : IntakeCommand(
    "XDEL", -3, new("Removes messages from a stream (here none: viewers replay them).", "5.0.0", "stream", "write", "fast") { Keys = (1, 1, 1) })
{
    protected override ValueTask<RespReply> RunAsync(CommandCall call) =>
        ValueTask.FromResult(Enumerable.Range(2, call.Count - 2).All(i => EntryId.TryParse(call.Text(i), 0, out _)) ? new RespInteger(0) : Refusals.InvalidId);
}
