using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Worker.Core.History;

/// <summary>
/// Cuts a history into what the workflow saw at a time. A workflow task's Started event ends a sequence, except where the task came to
/// nothing: it failed, it was an empty heartbeat, or it carried an update that was accepted in a later one.
/// </summary>
internal static class TaskSequence
{
    /// <summary>Where the next sequence after <paramref name="afterId"/> ends, as an index into <paramref name="events"/>.</summary>
    public static SequenceEnd FindEnd(ReadOnlySpan<HistoryEvent> events, long afterId)
    {
        var sawCommand = false;
        var sawCommandOrStart = false;
        for (var i = 0; i < events.Length; i++)
        {
            var current = events[i];
            if (current.EventId <= afterId)
            {
                continue;
            }

            if (current.IsCommandEvent())
            {
                sawCommand = sawCommandOrStart = true;
            }
            else if (current.EventType is EventType.WorkflowExecutionStarted)
            {
                sawCommandOrStart = true;
            }

            if (current.ClosesWorkflow())
            {
                return SequenceEnd.At(i);
            }

            if (current.EventType is not EventType.WorkflowTaskStarted || IsCutShort(events, i))
            {
                continue;
            }

            if (i + 2 < events.Length && events[i + 1].EventType is EventType.WorkflowTaskCompleted)
            {
                if (!sawCommand && events[i + 2].EventType is EventType.WorkflowTaskScheduled)
                {
                    continue;
                }

                return SequenceEnd.At(EndBeforeUpdate(events, i, afterId) ?? i);
            }

            // At the end of what is known a task counts only if something happened in it; otherwise more has to be read first.
            if (sawCommandOrStart)
            {
                return SequenceEnd.At(i);
            }
        }

        return SequenceEnd.Incomplete(Math.Max(0, events.Length - 1));
    }

    private static bool IsCutShort(ReadOnlySpan<HistoryEvent> events, int started) =>
        started + 1 < events.Length && events[started + 1].EventType is EventType.WorkflowTaskFailed or EventType.WorkflowTaskTimedOut
            or EventType.WorkflowExecutionTimedOut or EventType.WorkflowExecutionTerminated or EventType.WorkflowExecutionCanceled;

    // Only a signal's handler can run before an update's validator, and a signal ends a sequence by itself; so an accepted update
    // belongs to the last task that counts and started before the update was sequenced.
    private static int? EndBeforeUpdate(ReadOnlySpan<HistoryEvent> events, int started, long afterId)
    {
        if (events[started + 2].WorkflowExecutionUpdateAcceptedEventAttributes is not { } accepted)
        {
            return null;
        }

        for (var i = started; i >= 0 && events[i].EventId > afterId; i--)
        {
            if (events[i].EventType is EventType.WorkflowTaskStarted
                && events[i].EventId < accepted.AcceptedRequestSequencingEventId
                && !IsCutShort(events, i))
            {
                return i;
            }
        }

        return null;
    }
}

/// <summary>Index of a sequence's last event, or of the last known one where the sequence's end is not known yet.</summary>
internal readonly record struct SequenceEnd(int Index, bool IsComplete)
{
    public static SequenceEnd At(int index) => new(index, true);

    public static SequenceEnd Incomplete(int lastIndex) => new(lastIndex, false);
}
