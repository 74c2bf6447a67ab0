using Temporalio.Bridge.Api.ActivityTask;

namespace Temporalio.Worker.Core.Activities;

/// <summary>Starts and cancels on their way to whoever polls for them. Cancels go first: a start can wait, a cancel is late already.</summary>
internal sealed class ActivityFeed
{
    private readonly Lock _gate = new();
    private readonly Queue<ActivityTask> _cancels = new();
    private readonly Queue<ActivityTask> _starts = new();
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
                (task.VariantCase is ActivityTask.VariantOneofCase.Cancel ? _cancels : _starts).Enqueue(task);
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
            if (_cancels.TryDequeue(out var task) || _starts.TryDequeue(out task))
            {
                return Task.FromResult<ActivityTask?>(task);
            }

            if (_completed)
            {
                return _error is null ? Task.FromResult<ActivityTask?>(null) : Task.FromException<ActivityTask?>(_error);
            }

            // Goes on where the task is added: whoever polls only starts the activity on a thread of its own.
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
