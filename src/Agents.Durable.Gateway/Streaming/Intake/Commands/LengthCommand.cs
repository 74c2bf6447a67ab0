using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>XLEN key</c>. It shrinks some time after a message is complete, when its deltas become one entry.</summary>
internal sealed class LengthCommand() : IntakeCommand("XLEN", 2, new("Returns the number of messages in a stream.", "5.0.0", "stream", "readonly", "fast") { Keys = (1, 1, 1) })
{
    protected override async ValueTask<RespReply> RunAsync(CommandCall call)
    {
        if (await call.Session.TaskOfAsync(call.Arguments[1], call.Leaving) is not { } taskId)
        {
            return new RespInteger(0);
        }

        await call.Session.WrittenAsync();
        return new RespInteger(await call.Services.Entries.CountAsync(taskId, call.Leaving));
    }
}
