using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agents.Durable.Data.Stream;

/// <summary>
/// The one writer of stream rows in this process. It flushes at once when idle; what arrives while a commit is in flight makes up the next
/// flush, so load makes the batches larger and no timer delays anything. Callers and viewers learn of a number only after its commit.
/// </summary>
internal sealed partial class StreamAppender(
    StreamInsert insert, TaskFeeds feeds, StreamNotifier notifier, StreamFolder folder, TimeProvider time, IOptions<TaskStreamOptions> options, ILogger<StreamAppender> logger)
    : IAsyncDisposable
{
    // Bounded, so that a database that stalls holds back those who write instead of filling the memory.
    private readonly Channel<PendingAppend> _queue = Channel.CreateBounded<PendingAppend>(
        new BoundedChannelOptions(options.Value.QueuedItems) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_lastPatience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _lateness = new(Timeout.InfiniteTimeSpan, time);

    private readonly Lock _gate = new();
    private Task? _loop;
    private DateTimeOffset _last;

    /// <summary>Where the last item stands. A cancelled caller stops waiting; what is queued is written all the same.</summary>
    public async ValueTask<StreamPosition> AppendAsync(string taskId, IReadOnlyList<StreamItem> items, CancellationToken cancellationToken)
    {
        Start();
        var pending = new PendingAppend(taskId, items);
        await _queue.Writer.WriteAsync(pending, cancellationToken);
        return await pending.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The process ends: from now on a database that is away is not waited for much longer, whatever is queued.</summary>
    public void Hurry() => _lateness.CancelAfter(s_lastPatience);

    public async ValueTask DisposeAsync()
    {
        Hurry();
        _queue.Writer.TryComplete();
        if (_loop is not null)
        {
            await _loop;
        }

        await insert.DisposeAsync();
        _lateness.Dispose();
    }

    /// <summary>Connects, so that the first append need not wait for it.</summary>
    public void Start()
    {
        if (_loop is null)
        {
            lock (_gate)
            {
                _loop ??= Task.Run(RunAsync);
            }
        }
    }

    private async Task RunAsync()
    {
        await insert.PrepareAsync();
        var batch = new List<PendingAppend>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            for (var items = 0; items < options.Value.FlushItems && _queue.Reader.TryRead(out var pending); items += pending.Items.Count)
            {
                batch.Add(pending);
            }

            await FlushAsync(batch);
        }
    }

    private async Task FlushAsync(List<PendingAppend> batch)
    {
        try
        {
            var at = NextTime();
            var heads = await CommitAsync(batch, at);
            foreach (var group in batch.GroupBy(p => p.TaskId, StringComparer.Ordinal))
            {
                Publish(group.Key, heads[group.Key], [.. group], at);
            }

            notifier.Notify(heads.Keys);
        }
        catch (Exception exception)
        {
            // The callers decide: an activity fails, and its next attempt supersedes what this one may have written.
            insert.Forget();
            FlushFailed(logger, exception, batch.Count);
            foreach (var pending in batch)
            {
                pending.Done.TrySetException(exception);
            }
        }
    }

    /// <summary>Writes the batch once, however often the database goes away meanwhile, as long as it is back in time.</summary>
    private async Task<IReadOnlyDictionary<string, long>> CommitAsync(List<PendingAppend> batch, DateTimeOffset at)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await insert.CommitAsync(batch, at);
            }
            catch (NpgsqlException exception) when (exception.IsTransient && !_lateness.IsCancellationRequested && time.GetElapsedTime(begun) < options.Value.Patience)
            {
                FlushWaits(logger, batch.Count, exception.Message);
                await Task.Delay(s_pause, time, _lateness.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Each flush has a time of its own, as the database keeps it: by that its rows are found again.
    private DateTimeOffset NextTime()
    {
        var now = time.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        return _last = now > _last ? now : _last.AddTicks(TimeSpan.TicksPerMicrosecond);
    }

    private void Publish(string taskId, long head, List<PendingAppend> group, DateTimeOffset at)
    {
        var seq = head - group.Sum(p => p.Items.Count);
        var frames = new List<StreamFrame>();
        var last = new long[group.Count];
        for (var i = 0; i < group.Count; i++)
        {
            foreach (var item in group[i].Items)
            {
                seq++;
                frames.Add(new StreamFrame
                {
                    Seq = seq,
                    From = seq,
                    At = at,
                    CallId = item.CallId,
                    Attempt = item.Attempt,
                    Flags = item.Flags,
                    Update = item.Update,
                });
            }

            last[i] = seq;
        }

        // Viewers of this process first: a caller that goes on after its append finds it shown to those who opened before it.
        feeds.Offer(taskId, frames);
        foreach (var frame in frames.Where(f => f.Flags.HasFlag(StreamFlags.Completes)))
        {
            folder.Enqueue(taskId, frame.Seq, at);
        }

        for (var i = 0; i < group.Count; i++)
        {
            group[i].Done.TrySetResult(new StreamPosition(last[i], at));
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} appends to the task stream wait for the database: {Reason}")]
    private static partial void FlushWaits(ILogger logger, int count, string reason);

    [LoggerMessage(LogLevel.Error, "Writing {Count} appends to the task stream failed.")]
    private static partial void FlushFailed(ILogger logger, Exception exception, int count);
}
