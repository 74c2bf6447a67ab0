using Google.Protobuf;
using Google.Protobuf.Collections;
using Temporalio.Api.Common.V1;
using Temporalio.Bridge.Api.ActivityTask;
using Temporalio.Worker.Core.Polling;

namespace Temporalio.Worker.Core.Activities;

/// <summary>
/// One activity that this worker runs: its heartbeats, of which the first goes at once and later ones at most one an interval with the
/// latest details, and the time-outs that the server will have decided by now.
/// </summary>
internal sealed class ActivityInHand : IDisposable
{
    // The server's clock is not ours, and its verdict takes its way: only well past a time-out is the activity stopped from here.
    private static readonly TimeSpan s_timeoutGrace = TimeSpan.FromSeconds(5);

    // What a timer of the platform can do. Longer time-outs are the server's alone.
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(49);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _heartbeatTimeout;
    private readonly Func<ActivityInHand, Payloads?, Task> _send;
    private readonly Action<ActivityInHand> _timedOut;
    private readonly ITimer? _startToClose;
    private readonly ITimer? _heartbeatDeadline;
    private ITimer? _throttle;
    private Payloads? _pending;
    private bool _hasPending;
    private Task _sending = Task.CompletedTask;
    private bool _ended;

    public ActivityInHand(
        ByteString token,
        TaskSlot permit,
        Start start,
        CoreWorkerOptions options,
        TimeProvider time,
        Func<ActivityInHand, Payloads?, Task> send,
        Action<ActivityInHand> timedOut)
    {
        Token = token;
        Permit = permit;
        ActivityType = start.ActivityType;
        _time = time;
        _send = send;
        _timedOut = timedOut;
        _heartbeatTimeout = start.HeartbeatTimeout?.ToTimeSpan() ?? TimeSpan.Zero;
        _interval = Interval(_heartbeatTimeout, options);
        if (start.StartToCloseTimeout?.ToTimeSpan() is { } startToClose && startToClose > TimeSpan.Zero && startToClose < s_longestTimer)
        {
            _startToClose = Timer(startToClose + s_timeoutGrace, () => _timedOut(this));
        }

        if (_heartbeatTimeout > TimeSpan.Zero && _heartbeatTimeout < s_longestTimer)
        {
            _heartbeatDeadline = Timer(_heartbeatTimeout + s_timeoutGrace, () => _timedOut(this));
        }
    }

    public ByteString Token { get; }

    public TaskSlot Permit { get; }

    public string ActivityType { get; }

    /// <summary>Its start has been handed out, so that a cancel can follow it.</summary>
    public bool IsHandedOut { get; set; }

    /// <summary>Of the latest heartbeat, sent or not; none if there was none.</summary>
    public Payloads? LastDetails { get; private set; }

    /// <summary>Why the activity was told to stop; it is told once.</summary>
    public ActivityCancelReason? CancelReason { get; private set; }

    /// <summary>The server has closed it, so its end is of no interest.</summary>
    public bool IsClosedByServer => CancelReason is ActivityCancelReason.NotFound or ActivityCancelReason.TimedOut;

    /// <summary>False if it has been told already.</summary>
    public bool TryCancel(ActivityCancelReason reason)
    {
        lock (_gate)
        {
            if (_ended || CancelReason is not null)
            {
                return false;
            }

            CancelReason = reason;
            return true;
        }
    }

    public void Heartbeat(RepeatedField<Payload> details)
    {
        Beat beat;
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _pending = details.Count == 0 ? null : new() { Payloads_ = { details } };
            LastDetails = _pending?.Clone();
            _hasPending = true;
            if (_throttle is not null)
            {
                return;
            }

            beat = NextBeatNeedsLock();
        }

        _ = SendAsync(beat);
    }

    /// <summary>The server has taken a heartbeat.</summary>
    public void HeartbeatTaken()
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _heartbeatDeadline?.Change(_heartbeatTimeout + s_timeoutGrace, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Ends the heartbeats; answers the details that have not been sent.</summary>
    public async Task<Payloads?> EndAsync()
    {
        Task sending;
        Payloads? pending;
        lock (_gate)
        {
            _ended = true;
            pending = _hasPending ? _pending : null;
            sending = _sending;
        }

        Dispose();
        await sending;
        return pending;
    }

    public void Dispose()
    {
        _startToClose?.Dispose();
        _heartbeatDeadline?.Dispose();
        _throttle?.Dispose();
    }

    private static TimeSpan Interval(TimeSpan heartbeatTimeout, CoreWorkerOptions options)
    {
        var interval = heartbeatTimeout > TimeSpan.Zero ? heartbeatTimeout * 0.8 : options.DefaultHeartbeatThrottleInterval;
        interval = interval < options.MaxHeartbeatThrottleInterval ? interval : options.MaxHeartbeatThrottleInterval;
        return interval < s_longestTimer ? interval : s_longestTimer;
    }

    private Beat NextBeatNeedsLock()
    {
        var beat = new Beat(_pending);
        _pending = null;
        _hasPending = false;
        _throttle ??= Timer(_interval, ThrottleElapsed);
        _throttle.Change(_interval, Timeout.InfiniteTimeSpan);
        _sending = _sending.IsCompleted ? beat.Sent.Task : Task.WhenAll(_sending, beat.Sent.Task);
        return beat;
    }

    private void ThrottleElapsed()
    {
        Beat beat;
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            if (!_hasPending)
            {
                _throttle?.Dispose();
                _throttle = null;
                return;
            }

            beat = NextBeatNeedsLock();
        }

        _ = SendAsync(beat);
    }

    // Never under the lock: a server in this process may answer on this thread, and whoever hears of the answer here takes locks too.
    private async Task SendAsync(Beat beat)
    {
        try
        {
            await _send(this, beat.Details);
        }
        finally
        {
            beat.Sent.SetResult();
        }
    }

    private ITimer Timer(TimeSpan due, Action callback) =>
        _time.CreateTimer(static c => ((Action)c!)(), callback, due, Timeout.InfiniteTimeSpan);

    private sealed record Beat(Payloads? Details)
    {
        public TaskCompletionSource Sent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
