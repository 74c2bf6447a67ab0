using Temporalio.Bridge.Api.ActivityTask;

namespace Temporalio.Worker.Core.Activities;

/// <summary>
/// Starts and cancels on their way to whoever polls for them, in the order in which they came: whoever got a cancel before its start could
/// not know what it is for, and nobody is told to stop twice.
/// </summary>
internal sealed class ActivityFeed
{
    private readonly Lock _gate = new();
    private readonly Queue<ActivityTask> _tasks = new();
    private readonly Queue<TaskCompletionSource<ActivityTask?>> _waiting = new();
    private Exception? _error;
    private bool _completed;

    public void Add(ActivityTask task)
    {
        TaskCompletionSource<ActivityTask?>? waiter;
        lock (_gate)
        {
            if (!_waiting.TryDequeue(out waiter))
            {
                _tasks.Enqueue(task);
                return;
            }
        }

        waiter.SetResult(task);
    }

    /// <summary>The next task, or <see langword="null"/> once nothing can come any more.</summary>
    public Task<ActivityTask?> NextAsync()
    {
        lock (_gate)
        {
            if (_tasks.TryDequeue(out var task))
            {
                return Task.FromResult<ActivityTask?>(task);
            }

            if (_completed)
            {
                return _error is null ? Task.FromResult<ActivityTask?>(null) : Task.FromException<ActivityTask?>(_error);
            }

            // Goes on where the task is added, under whatever lock is held there: whoever polls hands the activity to a thread of its own, or
            // tells it to stop, and takes no lock under which it or anybody calls out.
            var waiter = new TaskCompletionSource<ActivityTask?>();
            _waiting.Enqueue(waiter);
            return waiter.Task;
        }
    }

    /// <summary>What is queued is still handed out.</summary>
    public void Complete(Exception? error = null)
    {
        List<TaskCompletionSource<ActivityTask?>> waiters;
        lock (_gate)
        {
            if (_completed)
            {
                return;
            }

            _completed = true;
            _error = error;
            waiters = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var waiter in waiters)
        {
            if (error is null)
            {
                waiter.SetResult(null);
            }
            else
            {
                waiter.SetException(error);
            }
        }
    }
}
