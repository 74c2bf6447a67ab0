namespace Temporalio.Server.Timers;

/// <summary>Who is told that a time has come. It may be told too early, after an entry that it no longer needs.</summary>
internal interface ITimerTarget
{
    void OnDue();
}

/// <summary>Work that tidies up, and by which no workflow goes on: no reason for a test's clock to move.</summary>
internal interface IHousekeeping : ITimerTarget;

/// <summary>
/// All deadlines of the process behind one timer. Entries are never removed: a target that needs an earlier time adds another entry,
/// and one that is woken for nothing adds its next.
/// </summary>
internal sealed class TimerQueue : IThreadPoolWorkItem, IDisposable
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<ITimerTarget, (long Due, long Sequence)> _entries = new();
    private readonly TimeProvider _time;
    private readonly IEngineScheduler _scheduler;
    private readonly ITimer _timer;
    private long _sequence;
    private long _armed = long.MaxValue;
    private bool _stopped;

    public TimerQueue(TimeProvider time, IEngineScheduler scheduler)
    {
        _time = time;
        _scheduler = scheduler;
        _timer = time.CreateTimer(static q => ((TimerQueue)q!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(DateTimeOffset due, ITimerTarget target)
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }

            _entries.Enqueue(target, (due.UtcTicks, _sequence++));
            Arm();
        }
    }

    /// <summary>The earliest time at which one of the targets that count is due. Looks at all: for tests.</summary>
    public DateTimeOffset? NextDue(Predicate<ITimerTarget> counts)
    {
        lock (_gate)
        {
            long? next = null;
            foreach (var (target, (due, _)) in _entries.UnorderedItems)
            {
                if ((next is null || due < next) && counts(target))
                {
                    next = due;
                }
            }

            return next is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _entries.Clear();
        }
    }

    public void Dispose()
    {
        Stop();
        _timer.Dispose();
    }

    void IThreadPoolWorkItem.Execute()
    {
        List<ITimerTarget> due = [];
        lock (_gate)
        {
            var now = _time.GetUtcNow().UtcTicks;
            while (_entries.TryPeek(out var target, out var key) && key.Due <= now)
            {
                _entries.Dequeue();
                due.Add(target);
            }

            Arm();
        }

        foreach (var target in due)
        {
            target.OnDue();
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _armed = long.MaxValue;
        }

        _scheduler.Schedule(this);
    }

    private void Arm()
    {
        if (_stopped || !_entries.TryPeek(out _, out var key) || key.Due >= _armed)
        {
            return;
        }

        _armed = key.Due;
        var wait = TimeSpan.FromTicks(Math.Max(0, key.Due - _time.GetUtcNow().UtcTicks));
        // A timer fires up to a millisecond early; rounding up spares the empty round.
        var milliseconds = Math.Min(Math.Ceiling(wait.TotalMilliseconds), int.MaxValue);
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }
}
