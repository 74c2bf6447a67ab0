using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Tests.Core;

/// <summary>Writes histories event by event, one second apart.</summary>
internal sealed class HistoryBuilder
{
    public const string RunId = "8212ae33-7a76-4bb1-8496-5e0515d2ce1a";

    private readonly List<HistoryEvent> _events = [];
    private long _lastScheduled;
    private long _lastStarted;

    public IReadOnlyList<HistoryEvent> Events => _events;

    public long LastStarted => _lastStarted;

    public static HistoryBuilder Started(string type = "wf")
    {
        var builder = new HistoryBuilder();
        builder.Add(EventType.WorkflowExecutionStarted, e => e.WorkflowExecutionStartedEventAttributes = new()
        {
            WorkflowType = new() { Name = type },
            OriginalExecutionRunId = RunId,
            FirstExecutionRunId = RunId,
            WorkflowTaskTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
            Attempt = 1,
        });
        return builder;
    }

    public HistoryBuilder Add(EventType type, Action<HistoryEvent> fill) => Add(type, fill, out _);

    public HistoryBuilder Add(EventType type, Action<HistoryEvent> fill, out long id)
    {
        id = _events.Count + 1;
        var historyEvent = new HistoryEvent
        {
            EventId = id,
            EventType = type,
            EventTime = new() { Seconds = 1_700_000_000 + id },
        };
        fill(historyEvent);
        _events.Add(historyEvent);
        return this;
    }

    public HistoryBuilder TaskScheduled() =>
        Add(EventType.WorkflowTaskScheduled, e => e.WorkflowTaskScheduledEventAttributes = new(), out _lastScheduled);

    public HistoryBuilder TaskStarted() =>
        Add(EventType.WorkflowTaskStarted, e => e.WorkflowTaskStartedEventAttributes = new() { ScheduledEventId = _lastScheduled }, out _lastStarted);

    public HistoryBuilder TaskCompleted() => Add(
        EventType.WorkflowTaskCompleted,
        e => e.WorkflowTaskCompletedEventAttributes = new()
        {
            ScheduledEventId = _lastScheduled,
            StartedEventId = _lastStarted,
            SdkMetadata = new() { CoreUsedFlags = { 1, 2, 3 } },
        });

    public HistoryBuilder TaskTimedOut() => Add(
        EventType.WorkflowTaskTimedOut,
        e => e.WorkflowTaskTimedOutEventAttributes = new() { ScheduledEventId = _lastScheduled, StartedEventId = _lastStarted });

    public HistoryBuilder Task() => TaskScheduled().TaskStarted();

    public HistoryBuilder FullTask() => Task().TaskCompleted();

    public HistoryBuilder TimerStarted(string timerId, out long id) =>
        Add(EventType.TimerStarted, e => e.TimerStartedEventAttributes = new() { TimerId = timerId }, out id);

    public HistoryBuilder TimerFired(string timerId, long startedId) =>
        Add(EventType.TimerFired, e => e.TimerFiredEventAttributes = new() { TimerId = timerId, StartedEventId = startedId });

    public HistoryBuilder Signaled(string name) =>
        Add(EventType.WorkflowExecutionSignaled, e => e.WorkflowExecutionSignaledEventAttributes = new() { SignalName = name });

    public HistoryBuilder ActivityScheduled(string activityId, string type, out long id) => Add(
        EventType.ActivityTaskScheduled,
        e => e.ActivityTaskScheduledEventAttributes = new() { ActivityId = activityId, ActivityType = new() { Name = type } },
        out id);

    public HistoryBuilder ActivityStarted(long scheduledId, out long id) =>
        Add(EventType.ActivityTaskStarted, e => e.ActivityTaskStartedEventAttributes = new() { ScheduledEventId = scheduledId }, out id);

    public HistoryBuilder ActivityCompleted(long scheduledId, long startedId) => Add(
        EventType.ActivityTaskCompleted,
        e => e.ActivityTaskCompletedEventAttributes = new() { ScheduledEventId = scheduledId, StartedEventId = startedId });

    public HistoryBuilder Completed() =>
        Add(EventType.WorkflowExecutionCompleted, e => e.WorkflowExecutionCompletedEventAttributes = new());
}
