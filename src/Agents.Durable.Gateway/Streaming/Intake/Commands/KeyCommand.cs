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

/// <summary><c>EXISTS key …</c>; a key that is named twice counts twice.</summary>
internal sealed class ExistsCommand() : KeyCommand("EXISTS", -2, new("Determines whether keys exist.", "1.0.0", "generic", "readonly", "fast") { Keys = (1, -1, 1) })
{
    protected override async ValueTask<RespReply> RunAsync(CommandCall call)
    {
        var there = 0;
        for (var i = 1; i < call.Count; i++)
        {
            there += await IsThereAsync(call, i) ? 1 : 0;
        }

        return new RespInteger(there);
    }
}

/// <summary><c>TYPE key</c>: stream or none.</summary>
internal sealed class TypeCommand() : KeyCommand("TYPE", 2, new("Determines the type of value stored at a key.", "1.0.0", "generic", "readonly", "fast") { Keys = (1, 1, 1) })
{
    protected override async ValueTask<RespReply> RunAsync(CommandCall call) => new RespStatus(await IsThereAsync(call, 1) ? "stream" : "none");
}

/// <summary><c>GET key</c>: no key here has a plain value.</summary>
internal sealed class GetCommand() : KeyCommand("GET", 2, new("Returns the string value of a key.", "1.0.0", "string", "readonly", "fast") { Keys = (1, 1, 1) })
{
    protected override async ValueTask<RespReply> RunAsync(CommandCall call) => await IsThereAsync(call, 1) ? Refusals.WrongType : RespReply.Null;
}

/// <summary><c>TTL key</c> and its kin: a stream has no end of its own.</summary>
internal sealed class LifetimeCommand(string name) : KeyCommand(
    name, 2, new("Returns when a key expires (a task's stream does not).", name.EndsWith("TIME", StringComparison.Ordinal) ? "7.0.0" : "1.0.0", "generic", "readonly", "fast") { Keys = (1, 1, 1) })
{
    protected override async ValueTask<RespReply> RunAsync(CommandCall call) => new RespInteger(await IsThereAsync(call, 1) ? -1 : -2);
}

/// <summary><c>PERSIST key</c>: there is no expiration to remove.</summary>
internal sealed class PersistCommand() : KeyCommand("PERSIST", 2, new("Removes the expiration time of a key.", "2.2.0", "generic", "write", "fast") { Keys = (1, 1, 1) })
{
    protected override ValueTask<RespReply> RunAsync(CommandCall call) => ValueTask.FromResult<RespReply>(new RespInteger(0));
}
