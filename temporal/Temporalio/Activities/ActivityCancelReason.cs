namespace Temporalio.Activities;

/// <summary>Why an activity was asked to stop.</summary>
public enum ActivityCancelReason
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The server no longer knows it: timed out, or its workflow closed.</summary>
    GoneFromServer,

    /// <summary>Someone asked for the cancellation.</summary>
    CancelRequested,

    /// <summary>A time-out was reached.</summary>
    Timeout,

    /// <summary>The worker is shutting down.</summary>
    WorkerShutdown,

    /// <summary>A heartbeat could not be recorded.</summary>
    HeartbeatRecordFailure,

    /// <summary>An operator paused it.</summary>
    Paused,

    /// <summary>An operator reset it.</summary>
    Reset,
}
