using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Streaming;
using Agents.Durable.Data.Stream;
using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary>
/// <c>XADD key [NOMKSTREAM] [MAXLEN | MINID [= | ~] threshold [LIMIT count]] * field value …</c>: the update or event in the field <c>data</c> becomes the next of the
/// task's stream. The stream numbers its entries itself, so an id other than <c>*</c> is refused, and nothing is trimmed. As with Redis, what is no update can be written;
/// no viewer would see it, and nothing is stored.
/// </summary>
internal sealed class AddCommand() : IntakeCommand("XADD", -5, new("Appends a new message to a stream.", "5.0.0", "stream", "write", "denyoom", "fast") { Keys = (1, 1, 1) })
{
    private static readonly Task<RespReply> s_noId = Task.FromResult(RespReply.Error("ERR the stream of a task numbers its entries itself: the id is to be *"));

    public override async ValueTask<CommandRun> BeginAsync(CommandCall call) => new(await AddAsync(call), Blocks: false);

    // What is returned completes with the commit; the next command may begin before, so a client that sends many at once gets them into few commits, in order.
    private static async ValueTask<Task<RespReply>> AddAsync(CommandCall call)
    {
        if (!TrimOptions.TryRead(call, 2, isAdd: true, out var options, out var problem))
        {
            return Task.FromResult(problem);
        }

        var at = options.End;
        if (at < call.Count && call.Text(at) is not "*" and var id)
        {
            return Refuse(id);
        }

        if (at + 2 >= call.Count || (call.Count - at) % 2 == 0)
        {
            return Task.FromResult(Refusals.WrongCount("xadd"));
        }

        if (await call.Session.TaskOfAsync(call.Arguments[1], call.Leaving) is not { } taskId)
        {
            return Task.FromResult(Refusals.NotYours);
        }

        if (options.NoMakeStream)
        {
            await call.Session.WrittenAsync();
            if (!await call.Services.Entries.AnyAsync(taskId, call.Leaving))
            {
                return Task.FromResult(RespReply.Null);
            }
        }

        for (var field = at + 1; field < call.Count; field += 2)
        {
            if (call.Is(field, "data") && Read(call.Arguments[field + 1]) is { } item)
            {
                return call.Session.Write(AppendAsync(call, taskId, item));
            }
        }

        return Task.FromResult(RespReply.Text(EntryId.Of(new(0, call.Services.Time.GetUtcNow())).ToString()));
    }

    private static async Task<RespReply> AppendAsync(CommandCall call, string taskId, StreamItem item) =>
        RespReply.Text(EntryId.Of(await call.Services.Stream.PlaceAsync(taskId, item, call.Aborted)).ToString());

    private static Task<RespReply> Refuse(string id) =>
        id.EndsWith("-*", StringComparison.Ordinal) && EntryId.TryParse(id[..^2], 0, out _) ? s_noId
        : !EntryId.TryParse(id, 0, out var parsed) ? Task.FromResult(Refusals.InvalidId)
        : parsed is { Milliseconds: 0, Seq: 0 } ? Task.FromResult(RespReply.Error("ERR The ID specified in XADD must be greater than 0-0"))
        : s_noId;

    // Agents may write all that Agentex's stream carries but for task_updated: what became of a task is said by whoever changes its row.
    private static StreamItem? Read(byte[] json) =>
        Read<TaskMessageUpdate>(json) is { } update ? StreamItem.Of(update)
        : Read<TaskStreamFrame>(json) is { } frame and (StreamError { Message: not null } or StreamConnected { TaskId: not null }) ? new StreamItem(Wire.ToUtf8(frame))
        : null;

    private static T? Read<T>(byte[] json)
        where T : class
    {
        try
        {
            return Wire.FromJson<T>(json);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}
