using Temporalio.Server.Execution.State;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution;

/// <summary>What of an actor's runs is on its way to the store. Assumes the actor's lock.</summary>
internal sealed class ActorCommit
{
    private readonly List<(Run Run, long NextEventId)> _written = [];
    private List<Run> _deleted = [];
    private string? _currentStored;
    private long _number;

    /// <summary>Runs whose removal is on its way to the store.</summary>
    public IReadOnlyList<Run> Deleted => _deleted;

    /// <summary>Whether the commit that took the changes last is one of those up to <paramref name="durable"/>.</summary>
    public bool IsDurable(long durable) => _number <= durable;

    /// <summary>The store's current run, as just read.</summary>
    public void Loaded(string? currentRunId) => _currentStored = currentRunId;

    /// <summary>Adds what has to be written of <paramref name="runs"/> to the group that commit <paramref name="number"/> writes.</summary>
    public void Take(WorkflowKey workflow, RunSet runs, List<RunChange> group, StateWriter writer, long number)
    {
        _number = number;
        _written.Clear();
        foreach (var run in runs.InMemory)
        {
            if (run.Dirty)
            {
                group.Add(Change(workflow, run, isNewCurrent: run.RunId == runs.CurrentRunId && run.RunId != _currentStored, writer));
                _written.Add((run, run.Log.DurableNextEventId));
            }
        }

        _deleted = runs.TakeDeleted();
        foreach (var run in _deleted)
        {
            if (run.Version > 0)
            {
                group.Add(new RunChange { Workflow = workflow, RunId = run.RunId, ExpectedVersion = run.Version, State = null, Open = false });
            }
        }

        _currentStored = runs.CurrentRunId;
    }

    /// <summary>The commit returned: callers that wait for the history to grow, and lists, see it now.</summary>
    public void Settle(Engine engine, WorkflowKey workflow)
    {
        foreach (var (run, nextEventId) in _written)
        {
            run.Log.Committed(nextEventId);
            if (engine.Visibility.IsKept)
            {
                engine.Visibility.Note(run);
            }

            WakeWaiters(run, nextEventId);
        }

        foreach (var run in _deleted)
        {
            engine.Visibility.Remove(workflow, run.RunId);
            run.Waiters.ForEach(w => w.Complete());
        }

        _deleted = [];
        _written.Clear();
    }

    /// <summary>The commit was lost.</summary>
    public void Clear()
    {
        _written.Clear();
        _deleted = [];
        _currentStored = null;
    }

    private static RunChange Change(WorkflowKey workflow, Run run, bool isNewCurrent, StateWriter writer)
    {
        run.Dirty = false;
        run.HasUnwritten = false;
        run.Info.StateTransitions++;
        return new RunChange
        {
            Workflow = workflow,
            RunId = run.RunId,
            ExpectedVersion = run.Version++,
            State = run.Save(writer),
            Batches = run.Log.TakeUnsaved(),
            Open = run.StaysListed,
            Current = isNewCurrent,
            WakeAt = run.IsOpen ? run.NextWake : run.Info.CloseTime,
            Pending = run.HasPendingWork,
        };
    }

    private static void WakeWaiters(Run run, long nextEventId)
    {
        for (var i = run.Waiters.Count - 1; i >= 0; i--)
        {
            if (run.Waiters[i].IsSatisfiedBy(nextEventId, run.IsOpen))
            {
                run.Waiters[i].Complete();
                run.Waiters.RemoveAt(i);
            }
        }
    }
}
