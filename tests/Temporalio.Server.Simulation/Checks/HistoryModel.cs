using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Simulation.Load;

namespace Temporalio.Server.Simulation.Checks;

/// <summary>
/// What a history says, read event by event, and which orders of events it allows. Knows nothing of the engine: a second opinion.
/// </summary>
internal sealed class HistoryModel
{
    private readonly Dictionary<long, string> _openActivities = [];
    private readonly Dictionary<long, (string Id, DateTimeOffset Due)> _openTimers = [];
    private readonly Dictionary<long, bool> _openChildren = [];
    private readonly HashSet<long> _openExternals = [];
    private readonly Dictionary<string, long> _acceptedUpdates = new(StringComparer.Ordinal);
    private readonly HashSet<string> _completedUpdates = new(StringComparer.Ordinal);
    private readonly HashSet<string> _admittedUpdates = new(StringComparer.Ordinal);
    private readonly HashSet<string> _signalRequests = new(StringComparer.Ordinal);
    private DateTimeOffset _time = DateTimeOffset.MinValue;
    private long _lastCompletedTask;
    private bool _cancelRequested;

    public long Next { get; private set; } = 1;

    public bool IsClosed { get; private set; }

    public EventType CloseType { get; private set; }

    public int Signals { get; private set; }

    /// <summary>The Scheduled event of the workflow task that the history leaves pending; 0 if there is none.</summary>
    public long TaskScheduled { get; private set; }

    public long TaskStarted { get; private set; }

    public IReadOnlyDictionary<long, string> OpenActivities => _openActivities;

    public IEnumerable<long> OpenTimers => _openTimers.Keys;

    /// <summary>The Initiated events of children and of signals to others that have not come to an end.</summary>
    public IEnumerable<long> OpenChildren => _openChildren.Keys;

    public IEnumerable<long> OpenExternals => _openExternals;

    public IEnumerable<string> KnownUpdates => _acceptedUpdates.Keys.Union(_admittedUpdates);

    public IReadOnlySet<string> CompletedUpdates => _completedUpdates;

    public List<HistoryEvent> Events { get; } = [];

    /// <summary>The event in which a reset made this run of another one's beginning; <see langword="null"/> if none did.</summary>
    public HistoryEvent? Reset(string runId) => Events.Find(e => e.WorkflowTaskFailedEventAttributes is { Cause: WorkflowTaskFailedCause.ResetWorkflow } failed && failed.NewRunId == runId);

    /// <summary>Reads on; the answer is the rule that the event breaks.</summary>
    public string? Add(HistoryEvent e)
    {
        var broken = Check(e);
        Events.Add(e);
        Next = e.EventId + 1;
        return broken is null ? null : $"event {e.EventId} ({e.EventType}): {broken}";
    }

    private string? Check(HistoryEvent e)
    {
        var time = e.EventTime.ToDateTimeOffset();
        if (e.EventId != Next)
        {
            return $"its id should be {Next}";
        }

        if (IsClosed)
        {
            return $"it follows the close ({CloseType})";
        }

        if ((e.EventId == 1) != (e.EventType == EventType.WorkflowExecutionStarted))
        {
            return "a history begins with the start and has only one";
        }

        // Of the others some were buffered, and keep the time at which they happened.
        if (e.EventType is EventType.WorkflowTaskScheduled or EventType.WorkflowTaskStarted or EventType.WorkflowTaskCompleted && time < _time)
        {
            return $"time goes back from {_time:O} to {time:O}";
        }

        _time = time > _time ? time : _time;
        if (TaskStarted != 0 && e.EventType is not (EventType.WorkflowTaskCompleted or EventType.WorkflowTaskFailed or EventType.WorkflowTaskTimedOut))
        {
            return "it should have been buffered while a worker held the workflow task";
        }

        return e.AttributesCase switch
        {
            HistoryEvent.AttributesOneofCase.WorkflowExecutionStartedEventAttributes => null,
            HistoryEvent.AttributesOneofCase.WorkflowTaskScheduledEventAttributes => Schedule(e),
            HistoryEvent.AttributesOneofCase.WorkflowTaskStartedEventAttributes => Start(e),
            HistoryEvent.AttributesOneofCase.WorkflowTaskCompletedEventAttributes => Complete(e),
            HistoryEvent.AttributesOneofCase.WorkflowTaskFailedEventAttributes =>
                Finish(e.WorkflowTaskFailedEventAttributes.ScheduledEventId, e.WorkflowTaskFailedEventAttributes.StartedEventId),
            HistoryEvent.AttributesOneofCase.WorkflowTaskTimedOutEventAttributes =>
                Finish(e.WorkflowTaskTimedOutEventAttributes.ScheduledEventId, e.WorkflowTaskTimedOutEventAttributes.StartedEventId),
            HistoryEvent.AttributesOneofCase.ActivityTaskScheduledEventAttributes => ScheduleActivity(e),
            HistoryEvent.AttributesOneofCase.ActivityTaskStartedEventAttributes =>
                _openActivities.ContainsKey(e.ActivityTaskStartedEventAttributes.ScheduledEventId) ? null : "no such activity is open",
            HistoryEvent.AttributesOneofCase.ActivityTaskCompletedEventAttributes =>
                CloseActivity(e.ActivityTaskCompletedEventAttributes.ScheduledEventId, e.ActivityTaskCompletedEventAttributes.StartedEventId),
            HistoryEvent.AttributesOneofCase.ActivityTaskFailedEventAttributes =>
                CloseActivity(e.ActivityTaskFailedEventAttributes.ScheduledEventId, e.ActivityTaskFailedEventAttributes.StartedEventId),
            HistoryEvent.AttributesOneofCase.ActivityTaskTimedOutEventAttributes => CloseActivity(e.ActivityTaskTimedOutEventAttributes.ScheduledEventId, null),
            HistoryEvent.AttributesOneofCase.ActivityTaskCanceledEventAttributes => CloseActivity(e.ActivityTaskCanceledEventAttributes.ScheduledEventId, null),
            HistoryEvent.AttributesOneofCase.TimerStartedEventAttributes => StartTimer(e),
            HistoryEvent.AttributesOneofCase.TimerFiredEventAttributes => Fire(e),
            HistoryEvent.AttributesOneofCase.TimerCanceledEventAttributes =>
                _openTimers.Remove(e.TimerCanceledEventAttributes.StartedEventId) ? null : "no such timer is running",
            HistoryEvent.AttributesOneofCase.WorkflowExecutionSignaledEventAttributes => Signal(e),
            HistoryEvent.AttributesOneofCase.WorkflowExecutionCancelRequestedEventAttributes => RequestCancel(),
            HistoryEvent.AttributesOneofCase.WorkflowExecutionUpdateAdmittedEventAttributes =>
                _admittedUpdates.Add(e.WorkflowExecutionUpdateAdmittedEventAttributes.Request.Meta.UpdateId) ? null : "the update has been admitted before",
            HistoryEvent.AttributesOneofCase.WorkflowExecutionUpdateAcceptedEventAttributes =>
                _acceptedUpdates.TryAdd(e.WorkflowExecutionUpdateAcceptedEventAttributes.ProtocolInstanceId, e.EventId) ? null : "the update has been accepted before",
            HistoryEvent.AttributesOneofCase.WorkflowExecutionUpdateCompletedEventAttributes => CompleteUpdate(e.WorkflowExecutionUpdateCompletedEventAttributes),
            HistoryEvent.AttributesOneofCase.StartChildWorkflowExecutionInitiatedEventAttributes => InitiateChild(e),
            HistoryEvent.AttributesOneofCase.ChildWorkflowExecutionStartedEventAttributes => StartChild(e.ChildWorkflowExecutionStartedEventAttributes.InitiatedEventId),
            HistoryEvent.AttributesOneofCase.StartChildWorkflowExecutionFailedEventAttributes => CloseChild(e, started: false),
            HistoryEvent.AttributesOneofCase.SignalExternalWorkflowExecutionInitiatedEventAttributes =>
                InitiateExternal(e, e.SignalExternalWorkflowExecutionInitiatedEventAttributes.WorkflowTaskCompletedEventId),
            HistoryEvent.AttributesOneofCase.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes =>
                InitiateExternal(e, e.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes.WorkflowTaskCompletedEventId),
            _ when Endings.OfChild(e) > 0 => CloseChild(e, started: true),
            _ when Endings.OfExternal(e) > 0 => _openExternals.Remove(Endings.OfExternal(e)) ? null : "no such signal or cancellation is under way",
            HistoryEvent.AttributesOneofCase.WorkflowExecutionCompletedEventAttributes =>
                Close(e, e.WorkflowExecutionCompletedEventAttributes.WorkflowTaskCompletedEventId),
            HistoryEvent.AttributesOneofCase.WorkflowExecutionFailedEventAttributes => Close(e, e.WorkflowExecutionFailedEventAttributes.WorkflowTaskCompletedEventId),
            HistoryEvent.AttributesOneofCase.WorkflowExecutionCanceledEventAttributes => Close(e, e.WorkflowExecutionCanceledEventAttributes.WorkflowTaskCompletedEventId),
            HistoryEvent.AttributesOneofCase.WorkflowExecutionContinuedAsNewEventAttributes =>
                Close(e, e.WorkflowExecutionContinuedAsNewEventAttributes.WorkflowTaskCompletedEventId),
            HistoryEvent.AttributesOneofCase.WorkflowExecutionTerminatedEventAttributes or HistoryEvent.AttributesOneofCase.WorkflowExecutionTimedOutEventAttributes =>
                Close(e, _lastCompletedTask),
            _ => null,
        };
    }

    private string? Schedule(HistoryEvent e)
    {
        if (TaskScheduled != 0)
        {
            return $"the workflow task of event {TaskScheduled} is pending";
        }

        TaskScheduled = e.EventId;
        return null;
    }

    private string? Start(HistoryEvent e)
    {
        var scheduled = e.WorkflowTaskStartedEventAttributes.ScheduledEventId;
        if (scheduled == 0 || scheduled != TaskScheduled || TaskStarted != 0)
        {
            return $"it starts {scheduled}, pending is {TaskScheduled}, started {TaskStarted}";
        }

        TaskStarted = e.EventId;
        return null;
    }

    private string? Complete(HistoryEvent e)
    {
        var attributes = e.WorkflowTaskCompletedEventAttributes;
        if (attributes.StartedEventId == 0)
        {
            return "it completes a task that was not started";
        }

        _lastCompletedTask = e.EventId;
        return Finish(attributes.ScheduledEventId, attributes.StartedEventId);
    }

    private string? Finish(long scheduled, long started)
    {
        if (scheduled == 0 || scheduled != TaskScheduled || started != TaskStarted)
        {
            return $"it ends the task ({scheduled}, {started}), pending is ({TaskScheduled}, {TaskStarted})";
        }

        TaskScheduled = TaskStarted = 0;
        return null;
    }

    private string? ScheduleActivity(HistoryEvent e)
    {
        var attributes = e.ActivityTaskScheduledEventAttributes;
        _openActivities.Add(e.EventId, attributes.ActivityId);
        return Follows(attributes.WorkflowTaskCompletedEventId);
    }

    private string? CloseActivity(long scheduled, long? started)
    {
        if (!_openActivities.Remove(scheduled))
        {
            return $"the activity of event {scheduled} is not open";
        }

        return started is { } s && Events.Find(x => x.EventId == s)?.ActivityTaskStartedEventAttributes?.ScheduledEventId != scheduled
            ? $"event {s} did not start the activity of event {scheduled}"
            : null;
    }

    private string? StartTimer(HistoryEvent e)
    {
        var attributes = e.TimerStartedEventAttributes;
        if (_openTimers.Values.Any(t => t.Id == attributes.TimerId))
        {
            return $"timer {attributes.TimerId} is running";
        }

        _openTimers.Add(e.EventId, (attributes.TimerId, e.EventTime.ToDateTimeOffset() + attributes.StartToFireTimeout.ToTimeSpan()));
        return Follows(attributes.WorkflowTaskCompletedEventId);
    }

    private string? Fire(HistoryEvent e)
    {
        var attributes = e.TimerFiredEventAttributes;
        if (!_openTimers.Remove(attributes.StartedEventId, out var timer) || timer.Id != attributes.TimerId)
        {
            return $"timer {attributes.TimerId} is not running";
        }

        return e.EventTime.ToDateTimeOffset() < timer.Due ? $"timer {timer.Id} is due at {timer.Due:O} only, not at {e.EventTime.ToDateTimeOffset():O}" : null;
    }

    private string? Signal(HistoryEvent e)
    {
        Signals++;
        var id = e.WorkflowExecutionSignaledEventAttributes.RequestId;
        return id.Length > 0 && !_signalRequests.Add(id) ? $"the signal of request {id} is here already" : null;
    }

    private string? CompleteUpdate(WorkflowExecutionUpdateCompletedEventAttributes attributes)
    {
        var id = attributes.Meta.UpdateId;
        return _acceptedUpdates.GetValueOrDefault(id) != attributes.AcceptedEventId ? "the update was not accepted there" : _completedUpdates.Add(id) ? null : "the update is complete";
    }

    private string? InitiateChild(HistoryEvent e)
    {
        _openChildren.Add(e.EventId, false);
        return Follows(e.StartChildWorkflowExecutionInitiatedEventAttributes.WorkflowTaskCompletedEventId);
    }

    private string? StartChild(long initiated)
    {
        if (!_openChildren.TryGetValue(initiated, out var started) || started)
        {
            return $"the child of event {initiated} cannot start: started is {started}";
        }

        _openChildren[initiated] = true;
        return null;
    }

    private string? CloseChild(HistoryEvent e, bool started)
    {
        var initiated = Endings.OfChild(e);
        return _openChildren.Remove(initiated, out var was) && was == started ? null : $"the child of event {initiated} is not open, or its start is missing";
    }

    private string? InitiateExternal(HistoryEvent e, long completedTask)
    {
        _openExternals.Add(e.EventId);
        return Follows(completedTask);
    }

    // However many ask for it: it is one cancellation.
    private string? RequestCancel()
    {
        var again = _cancelRequested;
        _cancelRequested = true;
        return again ? "the cancellation was requested before" : null;
    }

    private string? Close(HistoryEvent e, long completedTask)
    {
        IsClosed = true;
        CloseType = e.EventType;
        return TaskScheduled != 0 && completedTask != _lastCompletedTask ? "a workflow task is pending" : completedTask == _lastCompletedTask ? null : Follows(completedTask);
    }

    private string? Follows(long completedTask) =>
        completedTask == _lastCompletedTask && completedTask != 0 ? null : $"it names the workflow task completed in {completedTask}, the last one is {_lastCompletedTask}";
}
