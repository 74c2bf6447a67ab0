using Microsoft.Extensions.Logging;
using Temporalio.Rpc;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution;

/// <summary>
/// Writes what actors have changed. While one commit is under way the next group gathers, so the groups are as large as the store is slow.
/// </summary>
internal sealed partial class Committer : IThreadPoolWorkItem, IDisposable
{
    private const int MaxGroup = 512;
    private static readonly TimeSpan s_holdCheck = TimeSpan.FromMilliseconds(4);

    private readonly Engine _engine;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly StateWriter _writer = new();
    private readonly ITimer _holdTimer;
    private List<WorkflowActor> _dirty = [];
    private long _durable;
    private bool _busy;
    private bool _woken;
    private bool _timed;
    private TaskCompletionSource? _idle;

    public Committer(Engine engine, ILogger logger)
    {
        (_engine, _logger) = (engine, logger);
        _holdTimer = engine.Time.CreateTimer(static c => ((Committer)c!).HoldEnded(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds an actor that has something to write. An actor stays listed until it is taken.</summary>
    /// <param name="actor">The actor, listed once.</param>
    /// <param name="held">It may not be taken yet: <see cref="Wake"/> will follow, or the hold's time will pass.</param>
    public void Enqueue(WorkflowActor actor, bool held)
    {
        lock (_gate)
        {
            _dirty.Add(actor);
            if (held && !_busy)
            {
                WatchHoldNeedsLock();
                return;
            }

            if (!TryBeginNeedsLock())
            {
                return;
            }
        }

        _engine.Scheduler.Schedule(this);
    }

    /// <summary>A held actor may be taken now.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (_dirty.Count == 0 && !_busy)
            {
                return;
            }

            if (!TryBeginNeedsLock())
            {
                return;
            }
        }

        _engine.Scheduler.Schedule(this);
    }

    /// <summary>Completes when everything known now is written.</summary>
    public Task FlushAsync()
    {
        lock (_gate)
        {
            return _busy || _dirty.Count > 0
                ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
                : Task.CompletedTask;
        }
    }

    public void Dispose() => _holdTimer.Dispose();

    void IThreadPoolWorkItem.Execute() => DrainAsync();

    // Without a task: whatever escaped would leave a server that commits nothing any more, so it must end the process instead.
    private async void DrainAsync()
    {
        List<WorkflowActor> group = [];
        List<WorkflowActor> written = [];
        List<RunChange> changes = [];
        while (true)
        {
            Gather(group, changes);
            if (group.Count == 0)
            {
                Release(written);
                if (Finish())
                {
                    return;
                }

                continue;
            }

            var failure = await CommitAsync(changes, written);
            changes = [];
            if (failure is null)
            {
                _durable++;
                (group, written) = (written, group);
                group.Clear();
            }
            else
            {
                _engine.Lose(group, failure);
                group.Clear();
            }
        }
    }

    private async Task<RpcFault?> CommitAsync(List<RunChange> changes, List<WorkflowActor> writtenBefore)
    {
        try
        {
            var commit = changes.Count == 0
                ? Task.FromResult(CommitOutcome.Committed)
                : _engine.Store.CommitAsync(changes, CancellationToken.None);
            // What the previous group let out is released while this one is on its way.
            Release(writtenBefore);
            return await commit == CommitOutcome.Committed ? null : _engine.Fence();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogCommitFailed(e, changes.Count);
            return new RpcFault(RpcStatusCode.Unavailable, "The store did not take the change.", e);
        }
    }

    private void Gather(List<WorkflowActor> group, List<RunChange> changes)
    {
        List<WorkflowActor> candidates;
        lock (_gate)
        {
            candidates = _dirty;
            _dirty = [];
            _woken = false;
        }

        var now = _engine.Time.GetTimestamp();
        List<WorkflowActor>? back = null;
        foreach (var actor in candidates)
        {
            // No commit is under way here: what the actor still holds from the last one is durable, and taking would overwrite it.
            actor.Committed(_durable);
            if (group.Count < MaxGroup && actor.TryTakeChanges(changes, _writer, now, _durable + 1))
            {
                group.Add(actor);
            }
            else
            {
                (back ??= []).Add(actor);
            }
        }

        if (back is not null)
        {
            lock (_gate)
            {
                back.AddRange(_dirty);
                _dirty = back;
            }
        }
    }

    // True if what is left, if anything, is held back.
    private bool Finish()
    {
        TaskCompletionSource? idle = null;
        lock (_gate)
        {
            if (_woken)
            {
                return false;
            }

            _busy = false;
            if (_dirty.Count > 0)
            {
                WatchHoldNeedsLock();
            }
            else
            {
                idle = _idle;
                _idle = null;
            }
        }

        idle?.TrySetResult();
        return true;
    }

    // False if somebody is at it, who will look again.
    private bool TryBeginNeedsLock()
    {
        _woken = true;
        return !_busy && (_busy = true);
    }

    // Nearly always the worker's answer comes first. A timer that runs already is left alone: setting one costs more than the round that
    // it may come too early for.
    private void WatchHoldNeedsLock()
    {
        if (!_timed)
        {
            _timed = true;
            _holdTimer.Change(s_holdCheck, Timeout.InfiniteTimeSpan);
        }
    }

    private void HoldEnded()
    {
        lock (_gate)
        {
            _timed = false;
        }

        Wake();
    }

    private void Release(List<WorkflowActor> written)
    {
        foreach (var actor in written)
        {
            actor.Committed(_durable);
        }

        written.Clear();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A commit of {Changes} changes failed; the executions are loaded again.")]
    private partial void LogCommitFailed(Exception exception, int changes);
}
