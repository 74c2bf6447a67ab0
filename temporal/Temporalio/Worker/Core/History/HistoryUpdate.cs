using System.Runtime.InteropServices;
using Temporalio.Api.History.V1;
using Temporalio.Worker.Core.Machines;

namespace Temporalio.Worker.Core.History;

/// <summary>
/// A stretch of history made of whole sequences, from which a run takes one at a time. Unless it holds the last task it has at least
/// two, so that a run can look ahead while it replays.
/// </summary>
internal sealed class HistoryUpdate
{
    private readonly List<HistoryEvent> _events;
    private int _next;

    private HistoryUpdate(List<HistoryEvent> events, long previousStartedId, long startedId, bool hasLastTask, int sequences)
    {
        _events = events;
        PreviousStartedId = previousStartedId;
        StartedId = startedId;
        HasLastTask = hasLastTask;
        Sequences = sequences;
    }

    /// <summary>Started event of the last completed task, by the task that this history came with.</summary>
    public long PreviousStartedId { get; }

    /// <summary>Started event of that task itself, or 0 where it only brings a query.</summary>
    public long StartedId { get; }

    public bool HasLastTask { get; }

    public int Sequences { get; }

    public ReadOnlySpan<HistoryEvent> Remaining => CollectionsMarshal.AsSpan(_events)[_next..];

    public long? FirstEventId => _next < _events.Count ? _events[_next].EventId : null;

    public static HistoryUpdate Empty(long previousStartedId, long startedId) => new([], previousStartedId, startedId, hasLastTask: true, 0);

    /// <summary>Takes the whole sequences at the front of <paramref name="events"/> and leaves the rest there, if more is to come.</summary>
    public static HistoryUpdate Extract(List<HistoryEvent> events, long previousStartedId, long startedId, bool hasLastTask)
    {
        var span = CollectionsMarshal.AsSpan(events);
        var end = TaskSequence.FindEnd(span, previousStartedId);
        if (!end.IsComplete)
        {
            if (!hasLastTask)
            {
                return new([], previousStartedId, startedId, hasLastTask, 0);
            }

            return new(Take(events, events.Count), previousStartedId, startedId, hasLastTask, 1);
        }

        var sequences = 1;
        while (TaskSequence.FindEnd(span[end.Index..], span[end.Index].EventId) is { IsComplete: true } next)
        {
            sequences++;
            end = SequenceEnd.At(end.Index + next.Index);
        }

        // With the last task at hand nothing can remain: what follows the last boundary belongs to the last sequence.
        return new(Take(events, hasLastTask ? events.Count : end.Index + 1), previousStartedId, startedId, hasLastTask, sequences);
    }

    /// <summary>Whether the next sequence is all here; if not, a page must be read first.</summary>
    public bool CanTake(long afterId) => HasLastTask || TaskSequence.FindEnd(Remaining, afterId).IsComplete;

    /// <summary>The next sequence after <paramref name="afterId"/>; empty when history is used up.</summary>
    public ReadOnlySpan<HistoryEvent> Take(long afterId, out bool isLast)
    {
        SkipTo(afterId);
        var remaining = Remaining;
        var end = TaskSequence.FindEnd(remaining, afterId);
        if (!end.IsComplete && !HasLastTask)
        {
            throw new FatalRunException("A workflow task's history was applied before all of it was read");
        }

        if (!end.IsComplete && end.Index == 0)
        {
            isLast = true;
            return [];
        }

        _next += end.Index + 1;
        isLast = HasLastTask && _next == _events.Count;
        return remaining[..(end.Index + 1)];
    }

    /// <summary>The sequence that <see cref="Take"/> would give next, perhaps incomplete, without taking it.</summary>
    public ReadOnlySpan<HistoryEvent> Peek(long afterId)
    {
        var remaining = Remaining;
        var first = IndexAfter(remaining, afterId);
        var relevant = first < 0 ? remaining : remaining[first..];
        return relevant.IsEmpty ? [] : relevant[..(TaskSequence.FindEnd(relevant, afterId).Index + 1)];
    }

    /// <summary>The first task completion at or after <paramref name="fromId"/> that has not been taken.</summary>
    public WorkflowTaskCompletedEventAttributes? PeekCompleted(long fromId)
    {
        foreach (var historyEvent in Remaining)
        {
            if (historyEvent.EventId >= fromId && historyEvent.WorkflowTaskCompletedEventAttributes is { } attributes)
            {
                return attributes;
            }
        }

        return null;
    }

    private static List<HistoryEvent> Take(List<HistoryEvent> events, int count)
    {
        if (count == events.Count)
        {
            var all = new List<HistoryEvent>(events);
            events.Clear();
            return all;
        }

        var taken = events.GetRange(0, count);
        events.RemoveRange(0, count);
        return taken;
    }

    private static int IndexAfter(ReadOnlySpan<HistoryEvent> events, long afterId)
    {
        for (var i = 0; i < events.Length; i++)
        {
            if (events[i].EventId > afterId)
            {
                return i;
            }
        }

        return -1;
    }

    private void SkipTo(long afterId)
    {
        if (IndexAfter(Remaining, afterId) is > 0 and var skip)
        {
            _next += skip;
        }
    }
}
