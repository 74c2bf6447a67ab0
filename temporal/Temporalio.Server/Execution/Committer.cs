using Microsoft.Extensions.Logging;
using Temporalio.Rpc;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution;

/// <summary>
/// Writes what actors have changed. While one commit is under way the next group gathers, so the groups are as large as the store is slow.
/// </summary>
internal sealed partial class Committer(Engine engine, ILogger logger) : IThreadPoolWorkItem
{
    private const int MaxGroup = 512;

    private readonly Lock _gate = new();
    private readonly StateWriter _writer = new();
    private List<WorkflowActor> _dirty = [];
    private long _durable;
    private bool _busy;
    private bool _woken;
    private TaskCompletionSource? _wake;
    private TaskCompletionSource? _idle;

    /// <summary>Adds an actor that has something to write. An actor stays listed until it is taken.</summary>
    public void Enqueue(WorkflowActor actor)
    {
        lock (_gate)
        {
            _dirty.Add(actor);
            Signal();
            if (_busy)
            {
                return;
            }

            _busy = true;
        }

        engine.Scheduler.Schedule(this);
    }

    /// <summary>A held actor may be taken now.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            Signal();
        }
    }

    /// <summary>Completes when everything known now is written.</summary>
    public Task FlushAsync()
    {
        lock (_gate)
        {
            return _busy ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = DrainAsync();

    private async Task DrainAsync()
    {
        List<WorkflowActor> group = [];
        List<WorkflowActor> written = [];
        List<RunChange> changes = [];
        while (true)
        {
            Gather(group, changes, out var held);
            if (group.Count == 0)
            {
                Release(written);
                if (Finish())
                {
                    return;
                }

                if (held)
                {
                    await WaitForHeldAsync();
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
                engine.Lose(group, failure);
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
                : engine.Store.CommitAsync(changes, CancellationToken.None);
            // What the previous group let out is released while this one is on its way.
            Release(writtenBefore);
            return await commit == CommitOutcome.Committed ? null : engine.Fence();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogCommitFailed(e, changes.Count);
            return new RpcFault(RpcStatusCode.Unavailable, "The store did not take the change.", e);
        }
    }

    private void Gather(List<WorkflowActor> group, List<RunChange> changes, out bool held)
    {
        List<WorkflowActor> candidates;
        lock (_gate)
        {
            candidates = _dirty;
            _dirty = [];
            _woken = false;
        }

        held = false;
        var now = engine.Time.GetTimestamp();
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
                held = true;
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

    private bool Finish()
    {
        TaskCompletionSource? idle;
        lock (_gate)
        {
            if (_dirty.Count > 0)
            {
                return false;
            }

            _busy = false;
            idle = _idle;
            _idle = null;
        }

        idle?.TrySetResult();
        return true;
    }

    private async Task WaitForHeldAsync()
    {
        Task wake;
        lock (_gate)
        {
            if (_woken)
            {
                return;
            }

            wake = (_wake ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await using var timer = engine.Time.CreateTimer(static c => ((Committer)c!).Wake(), this, engine.HoldTime, Timeout.InfiniteTimeSpan);
        await wake;
    }

    // Under _gate.
    private void Signal()
    {
        _woken = true;
        _wake?.TrySetResult();
        _wake = null;
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
