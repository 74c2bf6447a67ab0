using System.Collections.Concurrent;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution.Activities;

/// <summary>Which worker took an activity's attempt and when: what the store is not told.</summary>
internal sealed record PickUp(string RunId, long ScheduledEventId, int Attempt, int ShownAttempt, long Stamp, DateTimeOffset StartedTime, string RequestId, string Identity)
{
    public static PickUp Of(string runId, PendingActivity activity) =>
        new(runId, activity.ScheduledEventId, activity.Attempt, activity.ShownAttempt, activity.Stamp, activity.StartedTime, activity.RequestId, activity.Identity);
}

/// <summary>
/// The volatile pick-ups of runs that have left memory: without them an activity that a worker still has would be handed out again when
/// its run comes back. They die with the process, as the pick-ups do.
/// </summary>
internal sealed class PickUps
{
    private readonly ConcurrentDictionary<WorkflowKey, List<PickUp>> _byWorkflow = new();

    public int Count => _byWorkflow.Count;

    /// <summary>Notes what leaves memory with these runs.</summary>
    public void Keep(WorkflowKey workflow, List<Run> runs)
    {
        List<PickUp>? notes = null;
        foreach (var run in runs)
        {
            foreach (var activity in run.Activities.All)
            {
                if (activity is { IsStarted: true, VolatileStart: true })
                {
                    (notes ??= []).Add(PickUp.Of(run.RunId, activity));
                }
            }
        }

        if (notes is not null)
        {
            _byWorkflow[workflow] = notes;
        }
    }

    /// <summary>Gives a run that comes back what was noted of it.</summary>
    public void Return(WorkflowKey workflow, Run run)
    {
        if (_byWorkflow.IsEmpty || !_byWorkflow.TryGetValue(workflow, out var notes))
        {
            return;
        }

        foreach (var note in notes)
        {
            if (note.RunId == run.RunId)
            {
                run.Activities.Find(note.ScheduledEventId)?.Remember(note);
            }
        }

        // A workflow id's runs come back one by one, and its actor's lock is held.
        var left = notes.FindAll(n => n.RunId != run.RunId);
        if (left.Count > 0)
        {
            _byWorkflow[workflow] = left;
        }
        else
        {
            _byWorkflow.TryRemove(workflow, out _);
        }
    }
}
