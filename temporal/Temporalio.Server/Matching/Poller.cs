using Temporalio.Rpc;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Matching;

/// <summary>A worker that waits for a task. It is accepted at most once at a time; one that has left is never accepted.</summary>
internal sealed class Poller(TaskQueueKey queue, string identity, string buildId, string requestId, bool inProcess)
{
    private const int Waiting = 0;
    private const int Accepted = 1;
    private const int Gone = 2;
    private const int Leaving = 3;

    private readonly TaskCompletionSource<TaskStart?> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    public TaskQueueKey Queue { get; } = queue;

    public string Identity { get; } = identity;

    /// <summary>The build that the worker says it runs; empty if it does not say.</summary>
    public string BuildId { get; } = buildId;

    public string RequestId { get; } = requestId;

    /// <summary>The worker's memory is this process's: it may learn of a task before the task is durable.</summary>
    public bool InProcess { get; } = inProcess;

    public Task<TaskStart?> Result => _result.Task;

    public bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    public bool TryAccept() => Interlocked.CompareExchange(ref _state, Accepted, Waiting) == Waiting;

    /// <summary>The task it was accepted for was stale: it waits on; false if it was to leave meanwhile, and has.</summary>
    public bool Return()
    {
        if (Interlocked.CompareExchange(ref _state, Waiting, Accepted) == Accepted)
        {
            return true;
        }

        _state = Gone;
        _result.TrySetResult(null);
        return false;
    }

    /// <summary>Ends the wait without a task; while one may be on its way, once it is known that it is none.</summary>
    public void Leave()
    {
        if (Interlocked.CompareExchange(ref _state, Leaving, Accepted) != Accepted && Interlocked.CompareExchange(ref _state, Gone, Waiting) == Waiting)
        {
            _result.TrySetResult(null);
        }
    }

    /// <summary>The message that starts a task for this worker.</summary>
    public ActorMessage Start(PendingTask task) => new StartTask(this, task) { RunId = task.RunId };

    private sealed class StartTask(Poller poller, PendingTask task) : ActorMessage
    {
        private TaskStart? _start;

        public override void Execute(ActorStep step)
        {
            _start = task.TryStart(step, poller);
            step.ReplyAtOnce = _start is null || (poller.InProcess && _start is IMayLeaveEarly);
        }

        public override void Release(Engine engine)
        {
            if (_start is not null)
            {
                poller._result.TrySetResult(_start);
            }
            else if (poller.Return())
            {
                engine.Scheduler.Schedule(new Again(engine, poller));
            }
        }

        public override void Abandon(RpcFault fault) => poller._result.TrySetException(fault);
    }

    // Not in place: behind a stale task may be thousands of others, each of them a level deeper.
    private sealed class Again(Engine engine, Poller poller) : IThreadPoolWorkItem
    {
        public void Execute() => engine.Matching.Poll(poller);
    }
}

/// <summary>Marks what a worker of this process may get before its cause is durable: workflow tasks, never activities.</summary>
internal interface IMayLeaveEarly;
