using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary><c>XINFO STREAM key</c>, <c>XINFO GROUPS key</c>: there are no groups of consumers, each reader has its own place.</summary>
internal sealed class StreamInfoCommand() : IntakeCommand("XINFO", -2, new("A container for stream introspection commands.", "5.0.0", "stream", "readonly") { Keys = (2, 2, 1) })
{
    protected override async ValueTask<RespReply> RunAsync(CommandCall call)
    {
        var isStream = call.Is(1, "STREAM");
        if (!isStream && !call.Is(1, "GROUPS"))
        {
            return Refusals.UnknownSubcommand(call);
        }

        if (isStream ? call.Count < 3 : call.Count != 3)
        {
            return Refusals.WrongCount($"xinfo|{call.Text(1)}");
        }

        if (call.Count > 3)
        {
            return Refusals.Syntax;
        }

        await call.Session.WrittenAsync();
        var rows = call.Services.Entries;
        if (await call.Session.TaskOfAsync(call.Arguments[2], call.Leaving) is not { } taskId
            || await rows.ReadAsync(taskId, EntryRange.After(0), 1, backwards: false, call.Leaving) is not [var first])
        {
            return Refusals.NoSuchKey;
        }

        var last = (await rows.ReadAsync(taskId, EntryRange.After(0), 1, backwards: true, call.Leaving))[0];
        return isStream ? Describe(first, last, await rows.CountAsync(taskId, call.Leaving)) : new RespArray();
    }

    private static RespMap Describe(Entry first, Entry last, long length) => RespMap.Of(
        ("length", new RespInteger(length)), ("radix-tree-keys", new RespInteger(1)), ("radix-tree-nodes", new RespInteger(2)),
        ("last-generated-id", RespReply.Text(EntryId.Of(last.Position).ToString())), ("max-deleted-entry-id", RespReply.Text("0-0")),
        ("entries-added", new RespInteger(last.Position.Seq)), ("recorded-first-entry-id", RespReply.Text(EntryId.Of(first.Position).ToString())),
        ("groups", new RespInteger(0)), ("first-entry", EntryReplies.Of(first)), ("last-entry", EntryReplies.Of(last)));
}
