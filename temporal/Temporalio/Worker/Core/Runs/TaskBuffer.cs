namespace Temporalio.Worker.Core.Runs;

/// <summary>
/// Tasks that came for a run while it was busy: one real task, the newest, because a newer one means that the older has timed out or
/// was superseded; and the queries, each of which somebody waits for.
/// </summary>
internal sealed class TaskBuffer
{
    private readonly Queue<WorkflowTask> _queries = new();
    private WorkflowTask? _task;

    public bool IsEmpty => _task is null && _queries.Count == 0;

    public void Add(WorkflowTask task)
    {
        if (task.LegacyQuery is not null && task.Update.StartedId == 0)
        {
            _queries.Enqueue(task);
            return;
        }

        // Queries that came with the older task would be answered from a history that it no longer stands for.
        _task?.Permit?.Release();
        _task = task;
    }

    public WorkflowTask? TakeNext()
    {
        if (_task is { } task)
        {
            _task = null;
            return task;
        }

        return _queries.TryDequeue(out var query) ? query : null;
    }

    public List<WorkflowTask> TakeAll()
    {
        var all = new List<WorkflowTask>();
        while (TakeNext() is { } task)
        {
            all.Add(task);
        }

        return all;
    }
}
