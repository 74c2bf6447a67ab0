using Agents.Durable.Gateway.Streaming.Intake.Resp;

namespace Agents.Durable.Gateway.Streaming.Intake.Commands;

/// <summary>
/// <c>XREAD [COUNT n] [BLOCK ms] STREAMS key … id …</c>. While it waits it holds no thread, but a place among the viewers of each stream's live feed, which wakes it
/// whichever process wrote. It ends when the client leaves and when this process stops.
/// </summary>
internal sealed class ReadCommand() : IntakeCommand(
    "XREAD", -4, new("Returns messages from multiple streams with IDs greater than the ones requested. Blocks until a message is available otherwise.", "5.0.0", "stream", "readonly", "blocking", "movablekeys"))
{
    // How often a key that names no task of the client is looked up again: it may name one later.
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    public override async ValueTask<CommandRun> BeginAsync(CommandCall call)
    {
        if (!ReadRequest.TryRead(call, out var request, out var problem))
        {
            return CommandRun.Done(problem);
        }

        await call.Session.WrittenAsync();
        var cursors = new Cursor[request.Streams.Count];
        for (var i = 0; i < cursors.Length; i++)
        {
            cursors[i] = await CursorAsync(call, request.Streams[i].Key, request.Streams[i].After);
        }

        var found = await ReadAsync(call, request, cursors);
        return found is not null || request.Block is not { } block
            ? CommandRun.Done(found ?? RespReply.NullArray)
            : new(WaitAsync(call, request, cursors, block), Blocks: true);
    }

    private static async ValueTask<Cursor> CursorAsync(CommandCall call, byte[] key, EntryId? after)
    {
        if (await call.Session.TaskOfAsync(key, call.Leaving) is not { } taskId)
        {
            return new(key, null, 0);
        }

        return new(key, taskId, after is { } id
            ? (await call.Services.Entries.PlaceAsync(taskId, id, call.Leaving)).Seq
            : (await call.Services.Stream.HeadAsync(taskId, call.Leaving)).Seq);
    }

    private static async Task<RespReply?> ReadAsync(CommandCall call, ReadRequest request, IEnumerable<Cursor> cursors)
    {
        var streams = new List<(byte[], RespReply)>();
        var left = (long)EntryRows.MaxEntries;
        foreach (var cursor in cursors.Where(cursor => cursor.TaskId is not null))
        {
            var entries = left > 0
                ? await call.Services.Entries.ReadAsync(cursor.TaskId!, EntryRange.After(cursor.Seq), Math.Min(request.Count, left), backwards: false, call.Leaving)
                : [];
            if (entries.Count > 0)
            {
                left -= entries.Count;
                streams.Add((cursor.Key, EntryReplies.Of(entries)));
            }
        }

        return streams.Count > 0 ? new RespStreams(streams) : null;
    }

    private static async Task<RespReply> WaitAsync(CommandCall call, ReadRequest request, Cursor[] cursors, TimeSpan block)
    {
        using var late = new CancellationTokenSource(block == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : block, call.Services.Time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(late.Token, call.Leaving);
        Interlocked.Increment(ref call.Services.Counts.Blocked);
        try
        {
            while (true)
            {
                await AnyAsync(call, cursors, ending.Token);
                if (await ReadAsync(call, request, cursors) is { } found)
                {
                    return found;
                }
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !call.Leaving.IsCancellationRequested)
        {
            return RespReply.NullArray;
        }
        finally
        {
            Interlocked.Decrement(ref call.Services.Counts.Blocked);
        }
    }

    /// <summary>Returns when one of the streams has gone on; its cursor stays where it was.</summary>
    private static async Task AnyAsync(CommandCall call, Cursor[] cursors, CancellationToken ending)
    {
        using var others = CancellationTokenSource.CreateLinkedTokenSource(ending);
        var waits = cursors.Select((_, i) => OneAsync(call, cursors, i, others.Token)).ToArray();
        try
        {
            await await Task.WhenAny(waits);
        }
        finally
        {
            await others.CancelAsync();
            foreach (var wait in waits)
            {
                await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task OneAsync(CommandCall call, Cursor[] cursors, int index, CancellationToken ending)
    {
        while (cursors[index].TaskId is null)
        {
            await Task.Delay(s_again, call.Services.Time, ending);
            var taskId = await call.Session.TaskOfAsync(cursors[index].Key, ending);
            cursors[index] = cursors[index] with { TaskId = taskId };
        }

        var cursor = cursors[index];
        var reached = await call.Services.Stream.WaitAsync(cursor.TaskId!, Math.Max(cursor.Seq, cursor.Waited), ending);
        // Frames for the hub only are none for this client: it does not wait for them twice, but keeps its place.
        cursors[index] = cursor with { Waited = reached };
    }

    /// <param name="TaskId">Null while the key names no task that the client may read.</param>
    /// <param name="Waited">Up to here there is nothing for the client.</param>
    private sealed record Cursor(byte[] Key, string? TaskId, long Seq, long Waited = 0);
}
