namespace Temporalio.Server.Simulation.Scheduling;

/// <summary>The virtual clock as one process sees it.</summary>
internal sealed class SimulatedTime(Simulator simulator, SimulatedProcess process) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(simulator.Now, TimeSpan.Zero);

    public override long GetTimestamp() => simulator.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan && period != TimeSpan.Zero)
        {
            throw new NotSupportedException("Nothing under the simulator uses periodic timers.");
        }

        var timer = new SimulatedTimer(simulator, process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}

/// <summary>A timer whose callback becomes runnable when the virtual clock reaches it.</summary>
internal sealed class SimulatedTimer(Simulator simulator, SimulatedProcess process, TimerCallback callback, object? state) : ITimer
{
    private long _arming;
    private bool _armed;

    public bool IsArmed(long arming) => _armed && _arming == arming && process.IsAlive;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        _arming++;
        _armed = dueTime != Timeout.InfiniteTimeSpan;
        if (_armed)
        {
            simulator.Arm(this, _arming, dueTime);
        }

        return true;
    }

    /// <summary>The time has come. Between this and the callback other things may happen: a timer is never punctual.</summary>
    public void Fire()
    {
        _armed = false;
        process.Post(_ => callback(state), null);
    }

    public void Dispose()
    {
        _arming++;
        _armed = false;
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
