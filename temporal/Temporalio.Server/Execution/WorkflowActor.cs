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
    private readonly Mailbox _mailbox = new();
    private readonly RunSet _runs = new();
    private readonly ActorCommit _commit = new();
    private readonly EffectGate _effects = new();
    private readonly CommitHold _hold = new(engine);
    private bool _running;
    private bool _loading;
    private bool _queued;
    private bool _retired;
    private DateTimeOffset _registered = DateTimeOffset.MaxValue;

    public WorkflowKey Workflow { get; } = workflow;

    /// <summary>The runs as steps see them.</summary>
    public RunSet Runs => _runs;

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

            _mailbox.Add(message);
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

    /// <summary>Hands the committer what has to be written; false if the actor is held back.</summary>
    public bool TryTakeChanges(List<RunChange> group, StateWriter writer, long now, long commit)
    {
        lock (_gate)
        {
            if (_hold.Blocks(now))
            {
                return false;
            }

            _hold.End();
            _queued = false;
            _commit.Take(Workflow, _runs, group, writer, commit);
            _effects.BeginCommit();
            return true;
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
            if (!_commit.IsDurable(durable))
            {
                return;
            }

            effects = _effects.EndCommit();
            _commit.Settle(engine, Workflow);
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

    /// <summary>Leaves memory if nothing is going on; the store has everything. What has waited for a commit to go with gets one.</summary>
    public bool TryRetire(DateTimeOffset horizon)
    {
        lock (_gate)
        {
            foreach (var run in _runs.InMemory)
            {
                run.Dirty |= run.HasUnwritten;
            }

            if (!_queued && !_running && _runs.InMemory.Exists(static run => run.Dirty))
            {
                EnqueueForCommit();
            }

            if (_running || _loading || _queued || _mailbox.Count > 0 || !_effects.IsEmpty || _runs.HasDeleted ||
                !_runs.InMemory.TrueForAll(run => run.IsIdle(horizon)))
            {
                return false;
            }

            engine.PickUps.Keep(Workflow, _runs.InMemory);
            // The queue of deadlines may know this actor for long: only its name is to stay.
            _runs.Clear();
            return _retired = true;
        }
    }

    // Whether the committer has it listed is not forgotten: it takes the actor, and finds nothing to write.
    private void Forget(RpcFault fault, List<Effect> lost)
    {
        _effects.Lose(lost);
        foreach (var run in _runs.InMemory.Concat(_runs.Deleted).Concat(_commit.Deleted))
        {
            run.Queries.Abandon(fault, lost);
            run.Updates.Abandon(fault, lost);
            run.Waiters.ForEach(w => w.Complete());
        }

        _commit.Clear();
        _runs.Clear();
        _hold.End();
        if (engine.Stopped is null)
        {
            // Nobody may have a message for a workflow whose timer has just fired in vain, or whose task the lost step was to hand out.
            _mailbox.Add(new ActorNotice(static _ => { }));
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
                _mailbox.Take();
                var step = new ActorStep(this, engine, engine.Time.GetUtcNow());
                try
                {
                    Execute(message, step);
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    Fail(message, step, e);
                }
            }
        }
        finally
        {
            _running = false;
        }

        return _effects.TakeReady();
    }

    // A step that ended half-way has left a state that nobody wrote down: only what the store has is true.
    private void Fail(ActorMessage message, ActorStep step, Exception exception)
    {
        var fault = engine.Broken(Workflow, exception);
        List<Effect> lost = [message, .. step.Effects.Where(e => e != message)];
        Forget(fault, lost);
        _effects.AbandonLater(lost, fault);
    }

    private void Execute(ActorMessage message, ActorStep step)
    {
        message.Execute(step);
        var dirty = _runs.HasDeleted;
        foreach (var run in step.Runs)
        {
            run.Run.Log.Seal();
            Recovery.Remind(engine, run.Run, step.Now);
            dirty |= run.Run.Dirty;
        }

        WakeBy(_runs.NextWake());
        var unsettled = dirty || _queued;
        step.Effects.Add(message);
        if (step.WorkflowTasks.Count > 0)
        {
            Dispatch(step, unsettled || _effects.IsCommitting);
        }

        if (dirty && !_queued)
        {
            EnqueueForCommit();
        }

        if (_hold.IsOn && !AnyTaskOut())
        {
            _hold.End();
            engine.Committer.Wake();
        }

        _effects.Add(step.Effects, step.ReplyAtOnce, unsettled);
    }

    private void EnqueueForCommit()
    {
        _queued = true;
        engine.Committer.Enqueue(this, _hold.IsOn);
    }

    private void Dispatch(ActorStep step, bool early)
    {
        foreach (var task in step.WorkflowTasks)
        {
            if (early && engine.Matching.TryTakeInProcessPoller(task.Queue) is { } poller)
            {
                _hold.Begin();
                _mailbox.Add(poller.Start(task));
            }
            else
            {
                step.Effects.Add(task);
            }
        }
    }

    private bool AnyTaskOut()
    {
        foreach (var run in _runs.InMemory)
        {
            if (run.Task.IsStarted || (run.Task.IsPending && _mailbox.Count > 0))
            {
                return true;
            }
        }

        return false;
    }

    private void WakeBy(DateTimeOffset? wake)
    {
        if (wake is { } due && due < _registered)
        {
            _registered = due;
            engine.Timers.Add(due, this);
        }
    }

    private bool IsInMemory(string runId) => _runs.IsKnown(runId) || Load(_runs.IsLoaded ? runId : "");

    private bool Load(string runId)
    {
        _loading = true;
        LoadAsync(runId);
        // If the store has answered at once, nobody but this drain will look at the mailbox.
        return !_loading && _mailbox.TryPeek(out var next) && IsInMemory(next.RunId);
    }

    // Without a task: whatever escaped would leave the actor loading for good, so it must end the process instead.
    private async void LoadAsync(string runId)
    {
        var read = await StoredRunRead.FromAsync(engine.Store, Workflow, runId);
        List<Effect>? ready;
        lock (_gate)
        {
            _loading = false;
            if ((read.Fault ?? TryTakeUp(read)) is { } fault)
            {
                _effects.AbandonLater(_mailbox.TakeFor(runId), fault);
                // What comes of itself (deadlines, tasks to hand out, words that are owed) has no caller who would repeat it.
                engine.Timers.Add(engine.Time.GetUtcNow() + s_reloadDelay, runId.Length == 0 ? this : new Reload(engine, Workflow, runId));
            }

            ready = Drain();
        }

        Release(ready);
    }

    private RpcFault? TryTakeUp(StoredRunRead read)
    {
        try
        {
            if (read.Asked.Length == 0)
            {
                _commit.Loaded(read.Stored?.RunId);
            }

            if (_runs.AddLoaded(read.Asked, read.Stored?.RunId, () => Run.Load(read.Stored!)))
            {
                TakeUp(_runs.InMemory[^1]);
            }

            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return engine.Broken(Workflow, e);
        }
    }

    private void TakeUp(Run run)
    {
        var step = new ActorStep(this, engine, engine.Time.GetUtcNow());
        try
        {
            Recovery.Resume(new RunStep(step, run));
        }
        catch
        {
            _runs.Unload(run);
            throw;
        }

        Recovery.Remind(engine, run, step.Now);
        _effects.AddReady(step.Effects);
        _effects.AddReady(step.WorkflowTasks);
        WakeBy(run.NextWake);
    }

    private void Release(List<Effect>? effects)
    {
        if (effects is null)
        {
            return;
        }

        foreach (var effect in effects)
        {
            try
            {
                effect.Release(engine);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The others are not its business, nor is the commit that let it out.
                engine.NoteFailure(e);
            }
        }
    }

    private sealed class Reload(Engine engine, WorkflowKey workflow, string runId) : ITimerTarget
    {
        public void OnDue() => engine.Actors.Post(workflow, new ActorNotice(Deadlines.Process) { RunId = runId });
    }
}
