using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary>
/// <c>DEL key …</c>, <c>UNLINK key …</c>: removes nothing and answers 0. Agentex's clean-up of a stream deletes its key when nobody reads it any more; here the stream
/// belongs to the task, and viewers replay it for as long as the task is there.
/// </summary>
internal sealed class DeleteCommand(string name) : IntakeCommand(
    name, -2, new("Deletes keys (here none: a task's stream lives as long as the task).", name == "DEL" ? "1.0.0" : "4.0.0", "generic", "write") { Keys = (1, -1, 1) })
{
    protected override ValueTask<RespReply> RunAsync(CommandCall call) => ValueTask.FromResult<RespReply>(new RespInteger(0));
}
