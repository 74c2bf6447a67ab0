using Microsoft.Extensions.Logging;

namespace Agents.Durable.Data.Stream;

/// <summary>
/// The one reader of a task's stream in this process, shared by all its viewers. What this process commits is handed over in memory; a gap
/// in the numbers, or a notification, says that another process wrote, and the rows are read. Order is by number, whatever comes first.
/// </summary>
internal sealed partial class TaskFeed(string taskId, StreamRows rows, TaskStreamOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Arrays that may be sent without a pause when there was none for a while.</summary>
    private const int Burst = 4;

    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private FrameRing? _ring;
    private bool _dirty;
    private bool _reading;
    private bool _closed;
    private long _spentUntil;
    private ITimer? _pulseTimer;
    private TaskCompletionSource _pulse = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string TaskId => taskId;

    /// <summary>Tells where the stream stood after this feed was known to the appender; the first caller sets where memory begins.</summary>
    public void StartAt(long head)
    {
        lock (_gate)
        {
            _ring ??= new FrameRing(options.RingFrames, options.RingBytes, head);
        }

        CatchUp(head);
    }

    /// <summary>Takes what this process has committed.</summary>
    public void Offer(IReadOnlyList<StreamFrame> frames)
    {
        lock (_gate)
        {
            if (_ring is not null && frames[0].From == _ring.Last + 1)
            {
                AddNeedsLock(frames);
                return;
            }
        }

        CatchUp(frames[^1].Seq);
    }

    /// <summary>Reads the rows if the stream is said to go further than what is here.</summary>
    public void CatchUp(long head)
    {
        lock (_gate)
        {
            // What was said before memory began was only noted: whoever begins it reads.
            if (_closed || (_ring is not null && head <= _ring.Last && !_dirty))
            {
                return;
            }

            _dirty = true;
            if (_reading || _ring is null)
            {
                return;
            }

            _reading = true;
        }

        _ = Task.Run(ReadRowsAsync);
    }

    /// <summary>
    /// What comes after the cursor: frames; or none and a task that completes when there may be some; or, as <see langword="null"/>, that
    /// the cursor lies before what is kept in memory.
    /// </summary>
    public (IReadOnlyList<StreamFrame>? Frames, Task Changed) After(long cursor)
    {
        lock (_gate)
        {
            var ring = _ring!;
            return cursor < ring.Floor ? (null, Task.CompletedTask)
                : cursor >= ring.Last ? ([], _pulse.Task)
                : (ring.After(cursor), Task.CompletedTask);
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _pulseTimer?.Dispose();
        }
    }

    private async Task ReadRowsAsync()
    {
        while (true)
        {
            long last;
            lock (_gate)
            {
                if (!_dirty || _closed)
                {
                    _reading = false;
                    return;
                }

                _dirty = false;
                last = _ring!.Last;
            }

            try
            {
                var page = await rows.PageAsync(taskId, last, options.PageRows, CancellationToken.None);
                lock (_gate)
                {
                    _dirty |= page.Count == options.PageRows;
                    // The appender may have handed over some of them meanwhile.
                    AddNeedsLock([.. page.Where(f => f.Seq > _ring.Last)]);
                }
            }
            catch (Exception exception)
            {
                ReadFailed(logger, exception, taskId);
                lock (_gate)
                {
                    _dirty = true;
                }

                await Task.Delay(s_retry, time);
            }
        }
    }

    private void AddNeedsLock(IReadOnlyList<StreamFrame> frames)
    {
        foreach (var frame in frames)
        {
            _ring!.Add(frame);
        }

        if (frames.Count == 0 || _pulseTimer is not null)
        {
            return;
        }

        // Each array takes from what a while may carry; a few that come close together (somebody's message, the first words of the answer) are sent at once.
        var late = time.GetElapsedTime(time.GetTimestamp(), _spentUntil) - (options.Coalesce * (Burst - 1));
        if (_spentUntil == 0 || late <= TimeSpan.Zero)
        {
            PulseNeedsLock();
        }
        else
        {
            _pulseTimer = time.CreateTimer(_ => OnPulseTimer(), null, late, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnPulseTimer()
    {
        lock (_gate)
        {
            _pulseTimer?.Dispose();
            _pulseTimer = null;
            PulseNeedsLock();
        }
    }

    private void PulseNeedsLock()
    {
        _spentUntil = Math.Max(_spentUntil, time.GetTimestamp()) + (long)(options.Coalesce.TotalSeconds * time.TimestampFrequency);
        var pulse = _pulse;
        _pulse = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pulse.TrySetResult();
    }

    [LoggerMessage(LogLevel.Warning, "Reading the stream of task {TaskId} failed and is tried again.")]
    private static partial void ReadFailed(ILogger logger, Exception exception, string taskId);
}
