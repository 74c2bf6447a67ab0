using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Data.Stream;

/// <summary>
/// The ordered log of everything that happens in a task, and the one cursor (task, seq) for all protocols. What has a number is committed;
/// viewers get a replay from the rows and then what comes live, with no gap and no duplicate, also across processes.
/// </summary>
public sealed class TaskStream
{
    private readonly StreamAppender _appender;
    private readonly TaskFeeds _feeds;
    private readonly StreamRows _rows;
    private readonly TaskStreamOptions _options;

    internal TaskStream(StreamAppender appender, TaskFeeds feeds, StreamRows rows, IOptions<TaskStreamOptions> options) =>
        (_appender, _feeds, _rows, _options) = (appender, feeds, rows, options.Value);

    /// <summary>Connects to the database, so that the first append need not wait for it; also without this it connects.</summary>
    public void Start() => _appender.Start();

    /// <summary>Appends one item; returns its number once it is committed. Not to be called inside a transaction of the caller's.</summary>
    /// <exception cref="Npgsql.NpgsqlException">Not written, or, when the database went away during the commit and did not come back in time, perhaps written.</exception>
    public async ValueTask<long> AppendAsync(string taskId, StreamItem item, CancellationToken cancellationToken) =>
        (await _appender.AppendAsync(taskId, [item], cancellationToken)).Seq;

    /// <summary>Appends one item; returns its number and the time that its row carries.</summary>
    /// <inheritdoc cref="AppendAsync(string, StreamItem, CancellationToken)" path="/exception"/>
    public ValueTask<StreamPosition> PlaceAsync(string taskId, StreamItem item, CancellationToken cancellationToken) =>
        _appender.AppendAsync(taskId, [item], cancellationToken);

    /// <summary>Appends items with numbers in a row, all or none; returns the number of the last.</summary>
    /// <inheritdoc cref="AppendAsync(string, StreamItem, CancellationToken)" path="/exception"/>
    public async ValueTask<long> AppendAsync(string taskId, IReadOnlyList<StreamItem> items, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(items.Count);
        return (await _appender.AppendAsync(taskId, items, cancellationToken)).Seq;
    }

    /// <summary>Where the stream stands; zeros when nothing was ever appended.</summary>
    public Task<StreamHead> HeadAsync(string taskId, CancellationToken cancellationToken) => _rows.HeadAsync(taskId, cancellationToken);

    /// <summary>One page of what is stored after a cursor, at most <paramref name="limit"/> rows.</summary>
    public Task<IReadOnlyList<StreamFrame>> PageAsync(string taskId, long afterSeq, int limit, CancellationToken cancellationToken) =>
        _rows.PageAsync(taskId, afterSeq, limit, cancellationToken);

    /// <summary>
    /// Replay after the cursor, then live: arrays of frames, in order, none empty. <see langword="null"/> = only what comes, 0 = from the
    /// start. Completes after the frame that ends the task; at once when the cursor is already behind it.
    /// </summary>
    /// <exception cref="StreamLaggedException">This viewer had caught up and then fell too far behind.</exception>
    public async IAsyncEnumerable<IReadOnlyList<StreamFrame>> ReadAsync(
        string taskId, long? afterSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The order matters: once the feed is known, the appender hands over what it commits, and the head read after that leaves no gap.
        using var lease = _feeds.Acquire(taskId);
        var feed = lease.Feed;
        var head = await _rows.HeadAsync(taskId, cancellationToken);
        feed.StartAt(head.Seq);

        // A cursor from the future (a database set back to a backup) would wait for numbers that somebody else's frames will get.
        var cursor = Math.Min(afterSeq ?? head.Seq, head.Seq);
        var caughtUp = false;
        while (!(head.Ended && cursor >= head.EndedSeq))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (frames, changed) = feed.After(cursor);
            caughtUp |= frames is not null;
            if (frames is null)
            {
                frames = caughtUp ? throw new StreamLaggedException(cursor) : await _rows.PageAsync(taskId, cursor, _options.PageRows, cancellationToken);
                if (frames.Count == 0)
                {
                    // Rows that the head counts are not there: the task's data were purged.
                    yield break;
                }
            }

            if (frames.Count == 0)
            {
                await changed.WaitAsync(cancellationToken);
                continue;
            }

            var last = LastToShow(frames, head);
            frames = last is null ? frames : [.. frames.TakeWhile(f => f.Seq <= last)];
            cursor = frames[^1].Seq;
            yield return frames;
            if (last is not null)
            {
                yield break;
            }
        }
    }

    /// <summary>
    /// Waits until the stream goes further than a number, whoever writes, and returns the number it has reached. Unlike <see cref="ReadAsync"/> it does not
    /// end with the task: what is written afterwards counts too.
    /// </summary>
    public async Task<long> WaitAsync(string taskId, long afterSeq, CancellationToken cancellationToken)
    {
        using var lease = _feeds.Acquire(taskId);
        var head = await _rows.HeadAsync(taskId, cancellationToken);
        lease.Feed.StartAt(head.Seq);
        for (var reached = head.Seq; ;)
        {
            if (reached > afterSeq)
            {
                return reached;
            }

            var (frames, changed) = lease.Feed.After(reached);
            reached = frames is null ? (await _rows.HeadAsync(taskId, cancellationToken)).Seq : frames.Count > 0 ? frames[^1].Seq : reached;
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The frame that ends the view: of those that were there at the start only the one the head names, since others were undone.</summary>
    private static long? LastToShow(IReadOnlyList<StreamFrame> frames, StreamHead head)
    {
        foreach (var frame in frames)
        {
            if (frame.Flags.HasFlag(StreamFlags.Ends) && (frame.Seq > head.Seq || frame.Seq == head.EndedSeq))
            {
                return frame.Seq;
            }
        }

        return null;
    }
}
