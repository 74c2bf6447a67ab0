using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary>A command about keys as such: a key is there when its task's stream has an entry that the client may read.</summary>
internal abstract class KeyCommand(string name, int arity, CommandAbout about) : IntakeCommand(name, arity, about)
{
    protected static async ValueTask<bool> IsThereAsync(CommandCall call, int index)
    {
        if (await call.Session.TaskOfAsync(call.Arguments[index], call.Leaving) is not { } taskId)
        {
            return false;
        }

        await call.Session.WrittenAsync();
        return await call.Services.Entries.AnyAsync(taskId, call.Leaving);
    }
}
