using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Execution.Activities;

internal enum ActivityStatus
{
    /// <summary>Waits for a worker.</summary>
    Scheduled,

    /// <summary>A worker has it.</summary>
    Started,

    /// <summary>An attempt failed and the next one is not due.</summary>
    Backoff,
}

internal enum ActivityTrigger
{
    Start,
    Retry,
    Due,
    TakeBack,
}

/// <summary>Somebody stopped an activity's attempts.</summary>
internal sealed record ActivityPause(DateTimeOffset Time, string Identity, string Reason);

/// <summary>An activity between its Scheduled event and its completion.</summary>
internal sealed class PendingActivity
{
    // Impossible: Retry in Scheduled and Backoff (only a running attempt ends; schedule-to-start and schedule-to-close time-outs end the
    // activity), Start in Started (the reference is validated before), Due in Scheduled and Started (the stamp of the wake-up is checked).
    public static readonly TransitionTable<ActivityStatus, ActivityTrigger> Transitions = new(
        "activity",
        (ActivityStatus.Scheduled, ActivityTrigger.Start, ActivityStatus.Started),
        (ActivityStatus.Backoff, ActivityTrigger.Start, ActivityStatus.Started),
        (ActivityStatus.Started, ActivityTrigger.Retry, ActivityStatus.Backoff),
        (ActivityStatus.Started, ActivityTrigger.TakeBack, ActivityStatus.Scheduled),
        (ActivityStatus.Backoff, ActivityTrigger.Due, ActivityStatus.Scheduled));

    public required long ScheduledEventId { get; init; }

    public required string ActivityId { get; init; }

    public required string Type { get; init; }

    public required string TaskQueue { get; set; }

    public required TimeSpan ScheduleToClose { get; set; }

    public required TimeSpan ScheduleToStart { get; set; }

    public required TimeSpan StartToClose { get; set; }

    public required TimeSpan Heartbeat { get; set; }

    public required RetryPolicy RetryPolicy { get; set; }

    public Priority? Priority { get; set; }

    public required DateTimeOffset ScheduledTime { get; init; }

    public DateTimeOffset AttemptScheduledTime { get; set; }

    public ActivityStatus Status { get; private set; }

    /// <summary>As the retry policy counts.</summary>
    public int Attempt { get; set; } = 1;

    /// <summary>
    /// As the worker that has the attempt knows it. Higher than the policy's count where starts may have been lost with the server, so that no two
    /// tries of an activity ever have the same number.
    /// </summary>
    public int ShownAttempt { get; set; } = 1;

    /// <summary>Starts that may have been lost before this attempt was scheduled.</summary>
    public int LostStarts { get; set; }

    /// <summary>The generation of the store when this attempt was scheduled.</summary>
    public long Generation { get; set; }

    /// <summary>Counts attempts and take-backs, so that references to earlier ones are recognised as stale.</summary>
    public long Stamp { get; set; }

    public DateTimeOffset StartedTime { get; set; }

    public string RequestId { get; set; } = "";

    public string Identity { get; set; } = "";

    /// <summary>The build of the worker whose answer is being written; not kept.</summary>
    public WorkerVersionStamp? AnsweredBy { get; set; }

    /// <summary>True while the pick-up is known to this process only.</summary>
    public bool VolatileStart { get; set; }

    public bool CancelRequested { get; set; }

    public long CancelRequestedEventId { get; set; }

    /// <summary>Who stopped further attempts, and why; <see langword="null"/> if nobody did.</summary>
    public ActivityPause? Pause { get; set; }

    /// <summary>True if the running attempt counts as the first, whatever its number.</summary>
    public bool ResetRequested { get; set; }

    public Failure? LastFailure { get; set; }

    public DateTimeOffset? LastAttemptCompleteTime { get; set; }

    /// <summary>How long the attempt waits, or waited, after the one before it.</summary>
    public TimeSpan CurrentBackoff { get; set; }

    public Payloads? HeartbeatDetails { get; set; }

    public DateTimeOffset? LastHeartbeatTime { get; set; }

    /// <summary>The Scheduled event's attributes with input and header: in memory only, history has them.</summary>
    public ActivityTaskScheduledEventAttributes? Scheduled { get; set; }

    /// <summary>Whether the policy allows only so many attempts. Their starts are durable, so each is counted exactly.</summary>
    public bool IsLimited => RetryPolicy.MaximumAttempts > 0;

    public bool IsPaused => Pause is not null;

    public bool IsStarted => Status == ActivityStatus.Started;

    public DateTimeOffset? Expiration => ScheduleToClose > TimeSpan.Zero ? ScheduledTime + ScheduleToClose : null;

    /// <summary>The activity that the event scheduled, at its first attempt.</summary>
    public static PendingActivity Of(HistoryEvent e, DateTimeOffset now, long generation)
    {
        var attributes = e.ActivityTaskScheduledEventAttributes;
        return new PendingActivity
        {
            ScheduledEventId = e.EventId,
            ActivityId = attributes.ActivityId,
            Type = attributes.ActivityType.Name,
            TaskQueue = attributes.TaskQueue.Name,
            ScheduleToClose = attributes.ScheduleToCloseTimeout.ToSpan(),
            ScheduleToStart = attributes.ScheduleToStartTimeout.ToSpan(),
            StartToClose = attributes.StartToCloseTimeout.ToSpan(),
            Heartbeat = attributes.HeartbeatTimeout.ToSpan(),
            RetryPolicy = attributes.RetryPolicy,
            Priority = attributes.Priority,
            ScheduledTime = now,
            AttemptScheduledTime = now,
            Generation = generation,
            Scheduled = attributes,
        };
    }

    /// <summary>Takes over what the note says of the attempt that this is, and that the store does not know to be running.</summary>
    /// <returns>False if it is about another attempt.</returns>
    public bool Remember(PickUp note)
    {
        if (Status != ActivityStatus.Scheduled || Stamp != note.Stamp || Attempt != note.Attempt)
        {
            return false;
        }

        Fire(ActivityTrigger.Start);
        (VolatileStart, ShownAttempt, StartedTime, RequestId, Identity) = (true, note.ShownAttempt, note.StartedTime, note.RequestId, note.Identity);
        return true;
    }

    public void Fire(ActivityTrigger trigger) => Status = Transitions.Fire(Status, trigger);

    public void Save(StateWriter writer)
    {
        writer.Number(ScheduledEventId);
        writer.Text(ActivityId);
        writer.Text(Type);
        writer.Text(TaskQueue);
        writer.Span(ScheduleToClose);
        writer.Span(ScheduleToStart);
        writer.Span(StartToClose);
        writer.Span(Heartbeat);
        writer.Message(RetryPolicy);
        writer.Message(Priority);
        writer.Time(ScheduledTime);
        writer.Time(AttemptScheduledTime);
        writer.Number((int)(IsStarted && VolatileStart ? ActivityStatus.Scheduled : Status));
        writer.Number(Attempt);
        writer.Number(ShownAttempt);
        writer.Number(LostStarts);
        writer.Number(Generation);
        writer.Number(Stamp);
        writer.Time(StartedTime);
        writer.Text(RequestId);
        writer.Text(Identity);
        writer.Flag(CancelRequested);
        writer.Number(CancelRequestedEventId);
        writer.Message(LastFailure);
        writer.Time(LastAttemptCompleteTime);
        writer.Span(CurrentBackoff);
        writer.Message(HeartbeatDetails);
        writer.Time(LastHeartbeatTime);
        writer.Flag(ResetRequested);
        writer.Flag(IsPaused);
        if (Pause is { } pause)
        {
            writer.Time(pause.Time);
            writer.Text(pause.Identity);
            writer.Text(pause.Reason);
        }
    }

    public static PendingActivity Load(ref StateReader reader) => new()
    {
        ScheduledEventId = reader.Number(),
        ActivityId = reader.RequiredText(),
        Type = reader.RequiredText(),
        TaskQueue = reader.RequiredText(),
        ScheduleToClose = reader.Span(),
        ScheduleToStart = reader.Span(),
        StartToClose = reader.Span(),
        Heartbeat = reader.Span(),
        RetryPolicy = reader.Message(Api.Common.V1.RetryPolicy.Parser)!,
        Priority = reader.Message(Api.Common.V1.Priority.Parser),
        ScheduledTime = reader.Time()!.Value,
        AttemptScheduledTime = reader.Time()!.Value,
        Status = (ActivityStatus)reader.Integer(),
        Attempt = reader.Integer(),
        ShownAttempt = reader.Integer(),
        LostStarts = reader.Integer(),
        Generation = reader.Number(),
        Stamp = reader.Number(),
        StartedTime = reader.Time() ?? default,
        RequestId = reader.RequiredText(),
        Identity = reader.RequiredText(),
        CancelRequested = reader.Flag(),
        CancelRequestedEventId = reader.Number(),
        LastFailure = reader.Message(Failure.Parser),
        LastAttemptCompleteTime = reader.Time(),
        CurrentBackoff = reader.Span(),
        HeartbeatDetails = reader.Message(Payloads.Parser),
        LastHeartbeatTime = reader.Time(),
        ResetRequested = reader.Flag(),
        Pause = reader.Flag() ? new ActivityPause(reader.Time() ?? default, reader.RequiredText(), reader.RequiredText()) : null,
    };
}
