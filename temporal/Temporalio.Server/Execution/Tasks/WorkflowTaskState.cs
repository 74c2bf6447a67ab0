using Temporalio.Api.Enums.V1;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Execution.Tasks;

internal enum WorkflowTaskStatus
{
    None,
    Scheduled,
    Started,
}

internal enum WorkflowTaskTrigger
{
    Schedule,
    Start,
    Finish,
    Drop,
    Reschedule,
}

/// <summary>How much of a task is in the history before it is completed.</summary>
internal enum WorkflowTaskKind
{
    /// <summary>Scheduled and Started are events.</summary>
    Normal,

    /// <summary>A repeated attempt: its events are written when it completes, so that a broken workflow's history stays short.</summary>
    Transient,

    /// <summary>A task for an update only: it vanishes without a trace if every update is rejected.</summary>
    Speculative,
}

/// <summary>Where later tasks go so that they find the worker that has the workflow in memory.</summary>
internal sealed record Stickiness(string Queue, TimeSpan ScheduleToStart);

/// <summary>The run's one workflow task, if any, and what is remembered of those before it.</summary>
internal sealed class WorkflowTaskState
{
    // Impossible: Schedule in Scheduled or Started (a run has one task at a time, the caller checks), Start in None (a task reference is
    // validated before), Finish in Scheduled (an answer needs a token, which only a pick-up gives).
    public static readonly TransitionTable<WorkflowTaskStatus, WorkflowTaskTrigger> Transitions = new(
        "workflow task",
        (WorkflowTaskStatus.None, WorkflowTaskTrigger.Schedule, WorkflowTaskStatus.Scheduled),
        (WorkflowTaskStatus.Scheduled, WorkflowTaskTrigger.Start, WorkflowTaskStatus.Started),
        (WorkflowTaskStatus.Scheduled, WorkflowTaskTrigger.Drop, WorkflowTaskStatus.None),
        (WorkflowTaskStatus.Started, WorkflowTaskTrigger.Finish, WorkflowTaskStatus.None),
        (WorkflowTaskStatus.Started, WorkflowTaskTrigger.Drop, WorkflowTaskStatus.None),
        (WorkflowTaskStatus.Started, WorkflowTaskTrigger.Reschedule, WorkflowTaskStatus.Scheduled));

    public WorkflowTaskStatus Status { get; private set; }

    public WorkflowTaskKind Kind { get; set; }

    public long ScheduledEventId { get; set; }

    public long StartedEventId { get; set; }

    public int Attempt { get; set; } = 1;

    public DateTimeOffset ScheduledTime { get; set; }

    public DateTimeOffset OriginalScheduledTime { get; set; }

    public DateTimeOffset StartedTime { get; set; }

    public TimeSpan StartToClose { get; set; }

    /// <summary>When a task nobody has picked up moves to the normal queue; none for tasks on it.</summary>
    public DateTimeOffset? ScheduleToStartDeadline { get; set; }

    public string RequestId { get; set; } = "";

    public string Identity { get; set; } = "";

    /// <summary>The build of the worker that has the task; empty if it did not say.</summary>
    public string BuildId { get; set; } = "";

    /// <summary>The queue that the pending task was scheduled on.</summary>
    public string Queue { get; set; } = "";

    public bool OnStickyQueue { get; set; }

    /// <summary>Counts schedulings, so that a reference to an earlier one is recognised as stale.</summary>
    public long Stamp { get; set; }

    /// <summary>True while the pick-up is known to this process only.</summary>
    public bool VolatileStart { get; set; }

    public long HistorySize { get; set; }

    /// <summary>True if the worker is told that the history has become large.</summary>
    public bool HasManyBytes { get; set; }

    /// <summary>True if the worker is told that the history has become long.</summary>
    public bool HasManyEvents { get; set; }

    public Stickiness? Sticky { get; set; }

    /// <summary>The started event of the last task that completed; 0 before the first.</summary>
    public long LastCompletedStartedId { get; set; }

    /// <summary>True after an answer that tried to close the workflow overlooked buffered events: new ones are refused for one task.</summary>
    public bool Closing { get; set; }

    public bool IsPending => Status != WorkflowTaskStatus.None;

    public bool IsStarted => Status == WorkflowTaskStatus.Started;

    /// <summary>True while Scheduled (and Started) of the pending task are in no history yet.</summary>
    public bool IsUnwritten => IsPending && Kind != WorkflowTaskKind.Normal;

    public TaskQueueKind QueueKind => OnStickyQueue ? TaskQueueKind.Sticky : TaskQueueKind.Normal;

    public void Fire(WorkflowTaskTrigger trigger) => Status = Transitions.Fire(Status, trigger);

    public void Save(StateWriter writer)
    {
        var started = IsStarted && !VolatileStart && Kind != WorkflowTaskKind.Speculative;
        var pending = IsPending && Kind != WorkflowTaskKind.Speculative;
        writer.Number((int)(started ? WorkflowTaskStatus.Started : pending ? WorkflowTaskStatus.Scheduled : WorkflowTaskStatus.None));
        writer.Number((int)Kind);
        writer.Number(ScheduledEventId);
        writer.Number(StartedEventId);
        writer.Number(Attempt);
        writer.Time(ScheduledTime);
        writer.Time(OriginalScheduledTime);
        writer.Time(StartedTime);
        writer.Span(StartToClose);
        writer.Time(ScheduleToStartDeadline);
        writer.Text(RequestId);
        writer.Text(Identity);
        writer.Text(BuildId);
        writer.Text(Queue);
        writer.Flag(OnStickyQueue);
        writer.Number(Stamp);
        writer.Number(HistorySize);
        writer.Flag(HasManyBytes);
        writer.Flag(HasManyEvents);
        writer.Text(Sticky?.Queue);
        writer.Span(Sticky?.ScheduleToStart ?? TimeSpan.Zero);
        writer.Number(LastCompletedStartedId);
        writer.Flag(Closing);
    }

    public void Load(ref StateReader reader)
    {
        Status = (WorkflowTaskStatus)reader.Integer();
        Kind = (WorkflowTaskKind)reader.Integer();
        ScheduledEventId = reader.Number();
        StartedEventId = reader.Number();
        Attempt = reader.Integer();
        ScheduledTime = reader.Time() ?? default;
        OriginalScheduledTime = reader.Time() ?? default;
        StartedTime = reader.Time() ?? default;
        StartToClose = reader.Span();
        ScheduleToStartDeadline = reader.Time();
        RequestId = reader.RequiredText();
        Identity = reader.RequiredText();
        BuildId = reader.RequiredText();
        Queue = reader.RequiredText();
        OnStickyQueue = reader.Flag();
        Stamp = reader.Number();
        HistorySize = reader.Number();
        HasManyBytes = reader.Flag();
        HasManyEvents = reader.Flag();
        var queue = reader.Text();
        var timeout = reader.Span();
        Sticky = queue is null ? null : new Stickiness(queue, timeout);
        LastCompletedStartedId = reader.Number();
        Closing = reader.Flag();
    }
}
