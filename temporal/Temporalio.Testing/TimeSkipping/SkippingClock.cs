using Temporalio.Server.Timers;

namespace Temporalio.Testing.TimeSkipping;

/// <summary>
/// The real clock plus what was skipped. Only the engine's deadlines follow the skips; how long a call or a poll waits is real time, since
/// the other end of it lives in real time.
/// </summary>
internal sealed class SkippingClock : TimeProvider
{
    private readonly Lock _lock = new();
    private TimerCallback? _deadlines;
    private object? _deadlinesState;
    private long _skipped;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _skipped));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (state is TimerQueue)
        {
            lock (_lock)
            {
                _deadlines = callback;
                _deadlinesState = state;
            }
        }

        return System.CreateTimer(callback, state, dueTime, period);
    }

    /// <summary>Makes it be that time now, if it is not later already.</summary>
    public void AdvanceTo(DateTimeOffset time)
    {
        var ahead = time - GetUtcNow();
        if (ahead > TimeSpan.Zero)
        {
            Interlocked.Add(ref _skipped, ahead.Ticks);
        }

        TimerCallback? callback;
        object? state;
        lock (_lock)
        {
            (callback, state) = (_deadlines, _deadlinesState);
        }

        callback?.Invoke(state);
    }
}
