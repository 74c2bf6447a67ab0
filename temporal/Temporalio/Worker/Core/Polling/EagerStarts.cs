using Temporalio.Api.WorkflowService.V1;

namespace Temporalio.Worker.Core.Polling;

/// <summary>
/// The workers on one connection, for clients on it: a worker with room can take the first task of a workflow from the answer to its
/// start, without a way through the task queue. A task must only be asked for with room reserved, or it is lost until it times out.
/// </summary>
internal sealed class EagerStarts
{
    private readonly Lock _gate = new();
    private readonly List<IEagerStarter> _workers = [];
    private int _turn;

    public void Add(IEagerStarter worker)
    {
        lock (_gate)
        {
            _workers.Add(worker);
        }
    }

    public void Remove(IEagerStarter worker)
    {
        lock (_gate)
        {
            _workers.Remove(worker);
        }
    }

    /// <summary>Room at one of the workers of a task queue, in turn; none if they have none.</summary>
    public EagerPlace? TryReserve(string workerNamespace, string taskQueue)
    {
        lock (_gate)
        {
            for (var i = 0; i < _workers.Count; i++)
            {
                var worker = _workers[(_turn + i) % _workers.Count];
                if (worker.Namespace == workerNamespace && worker.TaskQueue == taskQueue && worker.TryReserve() is { } permit)
                {
                    _turn = (_turn + i + 1) % _workers.Count;
                    return new(worker, permit);
                }
            }
        }

        return null;
    }
}

/// <summary>A worker that can take first tasks.</summary>
internal interface IEagerStarter
{
    string Namespace { get; }

    string TaskQueue { get; }

    TaskSlot? TryReserve();

    void Take(PollWorkflowTaskQueueResponse task, TaskSlot permit);
}

/// <summary>Room for one first task. Disposing of it gives it back unless it is used.</summary>
internal sealed class EagerPlace(IEagerStarter worker, TaskSlot permit) : IDisposable
{
    private bool _used;

    public void Use(PollWorkflowTaskQueueResponse task)
    {
        _used = true;
        worker.Take(task, permit);
    }

    public void Dispose()
    {
        if (!_used)
        {
            permit.Release();
        }
    }
}
