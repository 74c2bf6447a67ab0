using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Execution;

/// <summary>
/// Events that happened while a worker holds the workflow task. They get their ids only when it answers: ids given earlier would shift
/// under the commands it is about to send, and an answer that closes the workflow must learn that it has overlooked something.
/// </summary>
internal sealed class EventBuffer
{
    private readonly List<HistoryEvent> _events = [];

    public int Count => _events.Count;

    public IReadOnlyList<HistoryEvent> Events => _events;

    public void Add(HistoryEvent e) => _events.Add(e);

    /// <summary>
    /// Removes the firing of a timer that the answer cancels: for the workflow it never fired. Answers the timer's Started event.
    /// </summary>
    public long RemoveTimerFired(string timerId)
    {
        for (var i = 0; i < _events.Count; i++)
        {
            if (_events[i].TimerFiredEventAttributes is { } fired && fired.TimerId == timerId)
            {
                _events.RemoveAt(i);
                return fired.StartedEventId;
            }
        }

        return 0;
    }

    public bool HasTimerFired(string timerId)
    {
        foreach (var e in _events)
        {
            if (e.TimerFiredEventAttributes is { } fired && fired.TimerId == timerId)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an activity's completion of any kind is buffered.</summary>
    public bool HasActivityEnd(long scheduledEventId)
    {
        foreach (var e in _events)
        {
            if (e.ActivityTaskCompletedEventAttributes?.ScheduledEventId == scheduledEventId || e.ActivityTaskFailedEventAttributes?.ScheduledEventId == scheduledEventId ||
                e.ActivityTaskTimedOutEventAttributes?.ScheduledEventId == scheduledEventId || e.ActivityTaskCanceledEventAttributes?.ScheduledEventId == scheduledEventId)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Hands over what was buffered in the order in which it is written: completions of activities and children last, so that none of
    /// them precedes the event that it completes.
    /// </summary>
    public List<HistoryEvent> Take()
    {
        var ordered = new List<HistoryEvent>(_events.Count);
        foreach (var e in _events)
        {
            if (!IsCompletion(e.EventType))
            {
                ordered.Add(e);
            }
        }

        if (ordered.Count < _events.Count)
        {
            foreach (var e in _events)
            {
                if (IsCompletion(e.EventType))
                {
                    ordered.Add(e);
                }
            }
        }

        _events.Clear();
        return ordered;
    }

    public void Save(StateWriter writer)
    {
        writer.Number(_events.Count);
        foreach (var e in _events)
        {
            writer.Message(e);
        }
    }

    public void Load(ref StateReader reader)
    {
        var count = reader.Integer();
        for (var i = 0; i < count; i++)
        {
            _events.Add(reader.Message(HistoryEvent.Parser)!);
        }
    }

    private static bool IsCompletion(EventType type) => type is
        EventType.ActivityTaskCompleted or EventType.ActivityTaskFailed or EventType.ActivityTaskTimedOut or EventType.ActivityTaskCanceled or
        EventType.ChildWorkflowExecutionCompleted or EventType.ChildWorkflowExecutionFailed or EventType.ChildWorkflowExecutionCanceled or
        EventType.ChildWorkflowExecutionTimedOut or EventType.ChildWorkflowExecutionTerminated;
}
