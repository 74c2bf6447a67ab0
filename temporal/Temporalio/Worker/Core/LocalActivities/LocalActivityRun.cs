using Google.Protobuf;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Polling;

namespace Temporalio.Worker.Core.LocalActivities;

internal enum LocalActivityStage
{
    Queued,
    Running,
    BackingOff,
    Ended,
}

/// <summary>One local activity from the workflow's asking to its resolution, over all its attempts in this process.</summary>
internal sealed class LocalActivityRun(string runId, string workflowId, string workflowType, ScheduleLocalActivity command, long scheduledAt) : IDisposable
{
    public string RunId { get; } = runId;

    public string WorkflowId { get; } = workflowId;

    public string WorkflowType { get; } = workflowType;

    public ScheduleLocalActivity Command { get; } = command;

    /// <summary>Monotonic.</summary>
    public long ScheduledAt { get; } = scheduledAt;

    public LocalActivityStage Stage { get; set; }

    public uint Attempt { get; set; } = command.Attempt;

    /// <summary>Names the attempt that is running; another attempt has another.</summary>
    public ByteString Token { get; set; } = ByteString.Empty;

    public TaskSlot? Permit { get; set; }

    /// <summary>The attempt was told to stop, be it because its time is up.</summary>
    public bool CancelTold { get; set; }

    /// <summary>Its workflow has asked for it to stop.</summary>
    public bool IsCancelRequested { get; set; }

    /// <summary>The run is gone: whatever comes of it is dropped.</summary>
    public bool IsDropped { get; set; }

    public ITimer? ScheduleToStart { get; set; }

    public ITimer? ScheduleToClose { get; set; }

    public ITimer? StartToClose { get; set; }

    public ITimer? Backoff { get; set; }

    public void Dispose()
    {
        ScheduleToStart?.Dispose();
        ScheduleToClose?.Dispose();
        StartToClose?.Dispose();
        Backoff?.Dispose();
    }
}
