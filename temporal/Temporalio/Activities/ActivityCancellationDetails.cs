namespace Temporalio.Activities;

/// <summary>All reasons that hold for a cancellation; several may at once.</summary>
public class ActivityCancellationDetails
{
    /// <summary>The server no longer knows the activity.</summary>
    public bool IsGoneFromServer { get; init; }

    /// <summary>Someone asked for the cancellation.</summary>
    public bool IsCancelRequested { get; init; }

    /// <summary>A time-out was reached.</summary>
    public bool IsTimedOut { get; init; }

    /// <summary>The worker is shutting down.</summary>
    public bool IsWorkerShutdown { get; init; }

    /// <summary>An operator paused the activity.</summary>
    public bool IsPaused { get; init; }

    /// <summary>An operator reset the activity.</summary>
    public bool IsReset { get; init; }

    /// <summary>A heartbeat could not be recorded.</summary>
    public bool IsHeartbeatRecordFailure { get; init; }
}
