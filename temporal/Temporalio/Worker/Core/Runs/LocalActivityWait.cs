namespace Temporalio.Worker.Core.Runs;

/// <summary>
/// While local activities run the workflow task stays unanswered, but not longer than four fifths of its time-out: then a heartbeat is
/// due, which answers it with what there is and asks for another.
/// </summary>
internal sealed class LocalActivityWait(TimeProvider timeProvider, Action<string> whenDue)
{
    private const double HeartbeatFraction = 0.8;

    private static readonly TimeSpan s_defaultTaskTimeout = TimeSpan.FromSeconds(10);

    private TimeSpan _taskTimeout = s_defaultTaskTimeout;
    private string? _runId;
    private ITimer? _timer;

    public bool IsWaiting { get; private set; }

    /// <summary>The heartbeat's time has come but not its moment, as the workflow still had an activation out.</summary>
    public bool IsDue { get; private set; }

    public void Start(string runId, long taskReceivedAt, TimeSpan? taskTimeout)
    {
        _runId = runId;
        _taskTimeout = taskTimeout ?? s_defaultTaskTimeout;
        IsWaiting = true;
        IsDue = false;
        SetTimer(taskReceivedAt);
    }

    /// <summary>Starts again for a new task; false if nothing was waiting.</summary>
    public bool Renew(long taskReceivedAt)
    {
        if (IsWaiting)
        {
            SetTimer(taskReceivedAt);
        }

        return IsWaiting;
    }

    /// <summary>The task is being answered; the next one starts the wait anew.</summary>
    public void Suspend(bool heartbeatDue)
    {
        StopTimer();
        IsWaiting = true;
        IsDue = heartbeatDue;
    }

    public void TaskArrived()
    {
        StopTimer();
        IsDue = false;
    }

    /// <summary>The timer has fired; false if nothing waits any more.</summary>
    public bool NoteDue()
    {
        StopTimer();
        IsDue = IsWaiting;
        return IsWaiting;
    }

    public void Stop()
    {
        StopTimer();
        IsWaiting = false;
        IsDue = false;
    }

    private void SetTimer(long taskReceivedAt)
    {
        StopTimer();
        var due = (_taskTimeout * HeartbeatFraction) - timeProvider.GetElapsedTime(taskReceivedAt);
        var runId = _runId!;
        _timer = timeProvider.CreateTimer(_ => whenDue(runId), null, due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void StopTimer()
    {
        _timer?.Dispose();
        _timer = null;
    }
}
