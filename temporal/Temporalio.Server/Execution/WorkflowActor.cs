using Temporalio.Rpc;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Store;
using Temporalio.Server.Timers;

namespace Temporalio.Server.Execution;

/// <summary>
/// Owns a workflow id: its runs change here and nowhere else, one message at a time, without waiting inside a step. Steps work on
/// uncommitted state; what they let out waits for the commit that holds its cause.
/// </summary>
internal sealed class WorkflowActor(Engine engine, WorkflowKey workflow) : ITimerTarget
{
    private static readonly TimeSpan s_reloadDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<ActorMessage> _mailbox = new();
    private readonly List<Run> _runs = [];
    private readonly HashSet<string> _missing = [];
    private List<Effect> _waiting = [];
    private List<Effect>? _inFlight;
    private List<Effect> _ready = [];
    private List<(Run Run, long NextEventId)> _committing = [];
    private List<Run> _deleted = [];
    private List<Run> _deleting = [];
    private string? _currentRunId;
    private string? _currentBefore;
    private long _commit;
    private bool _loaded;
    private bool _running;
    private bool _loading;
    private bool _queued;
    private bool _retired;
    private DateTimeOffset _registered = DateTimeOffset.MaxValue;

    public WorkflowKey Workflow { get; } = workflow;

    public Run? CurrentRun => _currentRunId is null ? null : FindRun(_currentRunId);

    /// <summary>While a worker of this process has a task whose cause is not committed: both changes then make one commit.</summary>
    public long HeldSince { get; private set; }

    public Run? FindRun(string runId)
    {
        foreach (var run in _runs)
        {
            if (run.RunId == runId)
            {
                return run;
            }
        }

        return null;
    }

    public void AddRun(Run run)
    {
        _runs.Add(run);
        _missing.Remove(run.RunId);
        _currentRunId = run.RunId;
        run.Dirty = true;
    }

    /// <summary>Forgets a run with its history; the next commit removes it from the store.</summary>
    public void DeleteRun(Run run)
    {
        _runs.Remove(run);
        _missing.Add(run.RunId);
        _deleted.Add(run);
        if (_currentRunId == run.RunId)
        {
            _currentRunId = null;
        }
    }

    /// <summary>Takes a message; false if the actor has left memory and another one must be asked for.</summary>
    public bool Post(ActorMessage message)
    {
        List<Effect>? ready;
        lock (_gate)
        {
            if (_retired)
            {
                return false;
            }

            _mailbox.Enqueue(message);
            ready = Drain();
        }

        Release(ready);
        return true;
    }

    /// <inheritdoc/>
    public void OnDue()
    {
        lock (_gate)
        {
            _registered = DateTimeOffset.MaxValue;
        }

        engine.Actors.Post(Workflow, new ActorNotice(Deadlines.Process));
    }

    /// <summary>Hands the committer what has to be written; false if the actor is held back or has nothing.</summary>
    public TakeOutcome TakeChanges(List<RunChange> changes, StateWriter writer, long now, long commit)
    {
        lock (_gate)
        {
            if (HeldSince != 0 && now - HeldSince < engine.HoldTicks)
            {
                return TakeOutcome.Held;
            }

            HeldSince = 0;
            _queued = false;
            _committing.Clear();
            foreach (var run in _runs)
            {
                if (!run.Dirty)
                {
                    continue;
                }

                run.Dirty = false;
                run.Info.StateTransitions++;
                var state = run.Save(writer);
                changes.Add(new RunChange
                {
                    Workflow = Workflow,
                    RunId = run.RunId,
                    ExpectedVersion = run.Version++,
                    State = state,
                    Batches = run.Log.TakeUnsaved(),
                    Open = run.StaysListed,
                    Current = run.RunId == _currentRunId && run.RunId != _currentBefore,
                    WakeAt = run.NextWake,
                    Pending = run.HasPendingWork,
                });
                _committing.Add((run, run.Log.DurableNextEventId));
            }

            _commit = commit;
            foreach (var run in _deleted)
            {
                if (run.Version > 0)
                {
                    changes.Add(new RunChange { Workflow = Workflow, RunId = run.RunId, ExpectedVersion = run.Version, State = null, Open = false });
                }
            }

            (_deleting, _deleted) = (_deleted, []);
            _currentBefore = _currentRunId;
            _inFlight = _waiting;
            _waiting = [];
            return TakeOutcome.Taken;
        }
    }

    /// <summary>
    /// Commits up to this one returned: what waited for them may leave. What was taken since waits for a later one.
    /// </summary>
    public void Committed(long durable)
    {
        List<Effect>? effects;
        lock (_gate)
        {
            if (_commit > durable)
            {
                return;
            }

            effects = _inFlight;
            _inFlight = null;
            foreach (var (run, nextEventId) in _committing)
            {
                run.Log.Committed(nextEventId);
                if (engine.Visibility.IsKept)
                {
                    engine.Visibility.Note(run);
                }

                WakeWaiters(run, nextEventId);
            }

            foreach (var run in _deleting)
            {
                engine.Visibility.Remove(Workflow, run.RunId);
                run.Waiters.ForEach(w => w.Complete());
            }

            _deleting = [];
            _committing.Clear();
        }

        Release(effects);
    }

    /// <summary>The commit was lost. What is in memory was never true: everybody who waits is told so, and the next message loads anew.</summary>
    public void Drop(RpcFault fault)
    {
        List<Effect> lost = [];
        List<Effect>? ready;
        lock (_gate)
        {
            Forget(fault, lost);
            ready = Drain();
        }

        foreach (var effect in lost)
        {
            effect.Abandon(fault);
        }

        Release(ready);
    }

    /// <summary>Leaves memory if nothing is going on; the store has everything.</summary>
    public bool TryRetire(DateTimeOffset horizon)
    {
        lock (_gate)
        {
            if (_running || _loading || _queued || _inFlight is not null || _mailbox.Count > 0 || _waiting.Count > 0 || _deleted.Count > 0)
            {
                return false;
            }

            foreach (var run in _runs)
            {
                if (run.Dirty || run.Waiters.Count > 0 || run.Log.HasVolatile || !run.Queries.IsEmpty || run.Updates.HasWaiters ||
                    run.HasPendingWork || (run.IsOpen && run.NextWake < horizon))
                {
                    return false;
                }
            }

            return _retired = true;
        }
    }

    // Whether the committer has it listed is not forgotten: it takes the actor, and finds nothing to write.
    private void Forget(RpcFault fault, List<Effect> lost)
    {
        lost.AddRange(_inFlight ?? []);
        lost.AddRange(_waiting);
        foreach (var run in _runs)
        {
            run.Queries.Abandon(fault, lost);
            run.Updates.Abandon(fault, lost);
            run.Waiters.ForEach(w => w.Complete());
        }

        _inFlight = null;
        _waiting = [];
        _committing = [];
        _deleted = [];
        _deleting = [];
        _runs.Clear();
        _missing.Clear();
        _currentRunId = _currentBefore = null;
        _loaded = false;
        HeldSince = 0;
        if (engine.Stopped is null)
        {
            // Nobody may have a message for a workflow whose timer has just fired in vain, or whose task the lost step was to hand out.
            _mailbox.Enqueue(new ActorNotice(static _ => { }));
        }
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

    // Returns what may leave at once; null when called from inside a step, whose own drain will return it.
    private List<Effect>? Drain()
    {
        if (_running || _loading)
        {
            return null;
        }

        _running = true;
        try
        {
            while (_mailbox.TryPeek(out var message) && IsInMemory(message.RunId))
            {
                _mailbox.Dequeue();
                try
                {
                    Execute(message);
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    Fail(message, e);
                }
            }
        }
        finally
        {
            _running = false;
        }

        if (_ready.Count == 0)
        {
            return null;
        }

        var ready = _ready;
        _ready = [];
        return ready;
    }

    // A step that ended half-way has left a state that nobody wrote down: only what the store has is true.
    private void Fail(ActorMessage message, Exception exception)
    {
        var fault = engine.Broken(Workflow, exception);
        List<Effect> lost = [message];
        Forget(fault, lost);
        AbandonLater(lost, fault);
    }

    // Outside the lock: who is told may turn to other actors.
    private void AbandonLater(IEnumerable<Effect> effects, RpcFault fault) => _ready.AddRange(effects.Select(e => new Afterwards(_ => e.Abandon(fault))));

    private void Execute(ActorMessage message)
    {
        var step = new ActorStep(this, engine, engine.Time.GetUtcNow());
        message.Execute(step);
        DateTimeOffset? wake = null;
        var dirty = false;
        foreach (var run in step.Runs)
        {
            run.Run.Log.Seal();
            Recovery.Remind(engine, run.Run, step.Now);
            dirty |= run.Run.Dirty;
        }

        dirty |= _deleted.Count > 0;

        foreach (var run in _runs)
        {
            if (run.NextWake is { } next && (wake is null || next < wake))
            {
                wake = next;
            }
        }

        if (wake is { } due && due < _registered)
        {
            _registered = due;
            engine.Timers.Add(due, this);
        }

        var unsettled = dirty || _queued;
        step.Effects.Add(message);
        if (step.WorkflowTasks.Count > 0)
        {
            Dispatch(step, unsettled || _inFlight is not null);
        }

        if (dirty && !_queued)
        {
            _queued = true;
            engine.Committer.Enqueue(this);
        }

        if (HeldSince != 0 && !AnyTaskOut())
        {
            HeldSince = 0;
            engine.Committer.Wake();
        }

        (step.ReplyAtOnce ? _ready : unsettled ? _waiting : _inFlight ?? _ready).AddRange(step.Effects);
    }

    private void Dispatch(ActorStep step, bool early)
    {
        foreach (var task in step.WorkflowTasks)
        {
            if (early && engine.Matching.TryTakeInProcessPoller(task.Queue) is { } poller)
            {
                HeldSince = engine.Time.GetTimestamp();
                _mailbox.Enqueue(poller.Start(task));
            }
            else
            {
                step.Effects.Add(task);
            }
        }
    }

    private bool AnyTaskOut()
    {
        foreach (var run in _runs)
        {
            if (run.Task.IsStarted || (run.Task.IsPending && _mailbox.Count > 0))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsInMemory(string runId)
    {
        if (!_loaded)
        {
            return Load("");
        }

        return runId.Length == 0 || FindRun(runId) is not null || _missing.Contains(runId) || Load(runId);
    }

    private bool Load(string runId)
    {
        _loading = true;
        _ = LoadAsync(runId);
        // If the store has answered at once, nobody but this drain will look at the mailbox.
        return !_loading && _mailbox.TryPeek(out var next) && IsInMemory(next.RunId);
    }

    private async Task LoadAsync(string runId)
    {
        StoredRun? stored = null;
        RpcFault? fault = null;
        try
        {
            stored = await engine.Store.LoadRunAsync(Workflow, runId, CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            fault = new RpcFault(RpcStatusCode.Unavailable, "The store cannot be read.", e);
        }

        List<Effect>? ready;
        lock (_gate)
        {
            _loading = false;
            fault ??= TryLoaded(runId, stored);
            if (fault is not null)
            {
                AbandonLater(TakeWaitingFor(runId), fault);
                // What comes of itself (deadlines, tasks to hand out) has no caller who would repeat it.
                engine.Timers.Add(engine.Time.GetUtcNow() + s_reloadDelay, this);
            }

            ready = Drain();
        }

        Release(ready);
    }

    // Without the current run nothing can go on; without another one, only what is meant for it.
    private List<ActorMessage> TakeWaitingFor(string runId)
    {
        List<ActorMessage> taken = [];
        for (var i = _mailbox.Count; i > 0; i--)
        {
            var message = _mailbox.Dequeue();
            if (runId.Length == 0 || message.RunId == runId)
            {
                taken.Add(message);
            }
            else
            {
                _mailbox.Enqueue(message);
            }
        }

        return taken;
    }

    private RpcFault? TryLoaded(string runId, StoredRun? stored)
    {
        try
        {
            Loaded(runId, stored);
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return engine.Broken(Workflow, e);
        }
    }

    private void Loaded(string runId, StoredRun? stored)
    {
        if (runId.Length == 0)
        {
            _loaded = true;
            _currentRunId = _currentBefore = stored?.RunId;
        }

        if (stored is null)
        {
            _missing.Add(runId);
            return;
        }

        if (FindRun(stored.RunId) is null)
        {
            var run = Run.Load(stored);
            _runs.Add(run);
            var step = new ActorStep(this, engine, engine.Time.GetUtcNow());
            Recovery.Resume(new RunStep(step, run));
            Recovery.Remind(engine, run, step.Now);
            _ready.AddRange(step.Effects);
            _ready.AddRange(step.WorkflowTasks);
            if (run.NextWake is { } due && due < _registered)
            {
                _registered = due;
                engine.Timers.Add(due, this);
            }
        }
    }

    private void Release(List<Effect>? effects)
    {
        if (effects is null)
        {
            return;
        }

        foreach (var effect in effects)
        {
            effect.Release(engine);
        }
    }
}

internal enum TakeOutcome
{
    Taken,
    Held,
}
