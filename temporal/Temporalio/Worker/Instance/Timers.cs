using Google.Protobuf.WellKnownTypes;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Interceptors;

namespace Temporalio.Worker.Instance;

/// <summary>The timers of one run: started by a command, ended by a fire job or a cancel.</summary>
internal sealed class Timers(WorkflowInstance instance)
{
    private readonly Dictionary<uint, PendingTimer> _pending = [];
    private uint _last;

    public Task DelayAsync(DelayAsyncInput input)
    {
        var token = input.CancellationToken ?? instance.CancellationToken;
        if (token.IsCancellationRequested)
        {
            return Task.FromCanceled(token);
        }

        var delay = input.Delay;
        if (delay < TimeSpan.Zero && delay != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentException("Delay duration cannot be less than 0", nameof(input));
        }

        if (delay == Timeout.InfiniteTimeSpan)
        {
            return instance.Traces.Track(new PendingTimer(this, 0).CancelledBy(token));
        }

        // The server fires a timer of zero at once but does not record it as others; the official SDK asks for 1 ms.
        if (delay == TimeSpan.Zero)
        {
            delay = TimeSpan.FromMilliseconds(1);
        }

        var timer = new PendingTimer(this, ++_last);
        instance.AddCommand(new()
        {
            StartTimer = new() { Seq = timer.Seq, StartToFireTimeout = Duration.FromTimeSpan(delay) },
            UserMetadata = instance.Metadata(input.Summary, null),
        });
        _pending.Add(timer.Seq, timer);
        return instance.Traces.Track(timer.CancelledBy(token));
    }

    public void Fire(FireTimer job)
    {
        if (_pending.Remove(job.Seq, out var timer))
        {
            timer.Fired();
        }
    }

    private sealed class PendingTimer(Timers owner, uint seq) : TaskCompletionSource
    {
        private CancellationTokenRegistration _registration;

        public uint Seq => seq;

        public Task CancelledBy(CancellationToken token)
        {
            _registration = token.UnsafeRegister(static (timer, cancelled) => ((PendingTimer)timer!).Cancel(cancelled), this);
            return Task;
        }

        public void Fired()
        {
            _registration.Dispose();
            TrySetResult();
        }

        private void Cancel(CancellationToken token)
        {
            if (!owner.Admits())
            {
                return;
            }

            if (owner._pending.Remove(seq))
            {
                owner.Cancelled(seq);
            }

            TrySetCanceled(token);
        }
    }

    private bool Admits() => instance.Scheduler.Admits();

    private void Cancelled(uint seq) => instance.AddCommand(new() { CancelTimer = new CancelTimer { Seq = seq } });
}
