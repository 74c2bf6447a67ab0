using System.Collections.Concurrent;

namespace Temporalio.Worker.Instance;

/// <summary>
/// The scheduler of one workflow run: tasks run one after the other in order of arrival, only while an activation runs, never inline. What
/// arrives from a foreign thread was completed by something outside the workflow and is kept apart, because its time is not in the history.
/// </summary>
internal sealed class WorkflowScheduler(WorkflowInstance instance) : TaskScheduler
{
    private Queue<Task> _queue = new();
    private ConcurrentQueue<Task>? _foreign;
    private int _thread;
    private int _intruded;

    public WorkflowInstance Instance => instance;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>True if a task has come from outside since this was last asked.</summary>
    public bool TakeForeign()
    {
        var found = false;
        while (Volatile.Read(ref _foreign)?.TryDequeue(out var task) == true)
        {
            _queue.Enqueue(task);
            found = true;
        }

        return found;
    }

    /// <summary>
    /// For callbacks, before they touch anything of the workflow: false if this is not the workflow's thread, such as that of a timer of
    /// the platform, which is noted then.
    /// </summary>
    public bool Admits()
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            return true;
        }

        Interlocked.Exchange(ref _intruded, 1);
        return false;
    }

    /// <summary>True if a callback was not admitted since this was last asked.</summary>
    public bool TakeIntrusion() => Interlocked.Exchange(ref _intruded, 0) != 0;

    /// <summary>Begins the activation: from here on, the calling thread is the workflow's.</summary>
    public void Enter() => _thread = Environment.CurrentManagedThreadId;

    public void Exit() => _thread = 0;

    /// <summary>Runs tasks until none is left.</summary>
    /// <returns>False if there was none.</returns>
    public bool RunAll()
    {
        var any = false;
        while (_queue.TryDequeue(out var task))
        {
            any = true;
            TryExecuteTask(task);
        }

        return any;
    }

    protected override void QueueTask(Task task)
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            _queue.Enqueue(task);
            return;
        }

        LazyInitializer.EnsureInitialized(ref _foreign, static () => new()).Enqueue(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
    {
        if (!taskWasPreviouslyQueued)
        {
            QueueTask(task);
        }

        return false;
    }

    protected override bool TryDequeue(Task task)
    {
        if (Environment.CurrentManagedThreadId != _thread || !_queue.Contains(task))
        {
            return false;
        }

        _queue = new(_queue.Where(t => t != task));
        return true;
    }

    protected override IEnumerable<Task> GetScheduledTasks() => [.. _queue];
}
