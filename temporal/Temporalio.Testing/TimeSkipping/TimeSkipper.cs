using Temporalio.Server;
using Temporalio.Server.Timers;

namespace Temporalio.Testing.TimeSkipping;

/// <summary>Moves the clock to the next thing to happen whenever somebody waits for the outcome and nothing else is going on.</summary>
internal sealed class TimeSkipper(Engine engine, SkippingClock clock)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_longPause = TimeSpan.FromMilliseconds(10);

    private readonly EngineQuiet _quiet = new(engine);
    private readonly Lock _lock = new();
    private readonly List<(DateTimeOffset Due, TaskCompletionSource Reached)> _sleepers = [];
    private int _waiting;
    private bool _running;

    /// <summary>Lets time be skipped until the answer is disposed.</summary>
    public IDisposable Unlock()
    {
        lock (_lock)
        {
            _waiting++;
            if (!_running)
            {
                _running = true;
                _ = RunAsync();
            }
        }

        return new Relock(this);
    }

    /// <summary>Completes once the clock has gone on by that much, which skips what it can.</summary>
    public async Task SleepAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        var sleeper = (clock.GetUtcNow() + delay, Reached: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            _sleepers.Add(sleeper);
        }

        try
        {
            using (Unlock())
            {
                await sleeper.Reached.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            lock (_lock)
            {
                _sleepers.Remove(sleeper);
            }
        }
    }

    private async Task RunAsync()
    {
        // Not under the lock of who began it: the clock runs the engine's timers.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await SkipAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            lock (_lock)
            {
                _running = false;
                FailSleepersNeedsLock(new InvalidOperationException("The environment's time could not be moved on", e));
            }
        }
    }

    private async Task SkipAsync()
    {
        while (true)
        {
            lock (_lock)
            {
                var stopped = engine.Stopped is not null;
                if (stopped)
                {
                    FailSleepersNeedsLock(new("The environment was shut down; its time does not move any more"));
                }

                if (stopped || _waiting == 0)
                {
                    _running = false;
                    return;
                }
            }

            var pause = s_pause;
            try
            {
                if (await _quiet.IsQuietAsync().ConfigureAwait(false))
                {
                    if (NextDue() is { } due)
                    {
                        clock.AdvanceTo(due);
                    }
                    else
                    {
                        // Only somebody outside can go on.
                        pause = s_longPause;
                    }
                }
            }
            catch (Rpc.RpcFault)
            {
                // The server stops.
            }

            WakeSleepers();
            await Task.Delay(pause, TimeProvider.System).ConfigureAwait(false);
        }
    }

    private void FailSleepersNeedsLock(InvalidOperationException error) => _sleepers.ForEach(s => s.Reached.TrySetException(error));

    private DateTimeOffset? NextDue()
    {
        var due = engine.Timers.NextDue(target => target is not IHousekeeping);
        lock (_lock)
        {
            foreach (var (other, _) in _sleepers)
            {
                due = due is null || other < due ? other : due;
            }
        }

        return due;
    }

    private void WakeSleepers()
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            foreach (var (due, reached) in _sleepers)
            {
                if (due <= now)
                {
                    reached.TrySetResult();
                }
            }
        }
    }

    private sealed class Relock(TimeSkipper skipper) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                lock (skipper._lock)
                {
                    skipper._waiting--;
                }
            }
        }
    }
}
