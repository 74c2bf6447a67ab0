using System.Collections.Concurrent;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Matching;

/// <summary>Brings tasks and workers together. Holds nothing that recovery could not make again.</summary>
internal sealed class MatchingService(Engine engine)
{
    private static readonly TimeSpan s_pollerMemory = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<TaskQueueKey, TaskQueue> _queues = new();
    private volatile bool _stopped;

    /// <summary>Hands the task to a worker now or when one comes. A sticky queue that nobody polls is passed over.</summary>
    public void Offer(PendingTask task)
    {
        var queue = Get(task.Queue);
        var since = engine.Time.GetUtcNow() - engine.Options.StickyPollerExpiry;
        var poller = task.NormalQueue is not { } normal ? queue.Offer(task)
            : queue.TryOffer(task, since, out var sticky) ? sticky
            : Get(normal).Offer(task);
        if (poller is not null)
        {
            task.StartFor(engine, poller);
        }
    }

    public void Poll(Poller poller)
    {
        if (!_stopped && Get(poller.Queue).Poll(poller, engine.Time.GetUtcNow()) is { } task)
        {
            task.StartFor(engine, poller);
        }

        // Looked at last: the stop dismisses only whom it finds.
        if (_stopped)
        {
            poller.Leave();
        }
    }

    /// <summary>A worker of this process that waits for the queue's tasks, accepted; no lock is held when an actor asks.</summary>
    public Poller? TryTakeInProcessPoller(TaskQueueKey queue) => _queues.TryGetValue(queue, out var found) ? found.TryTakeInProcessPoller() : null;

    /// <summary>Waits for a task; <see langword="null"/> when the time is up, the caller left, or the server stops.</summary>
    public async Task<TaskStart?> WaitAsync(Poller poller, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Poll(poller);
        if (poller.Result.IsCompleted)
        {
            return await poller.Result;
        }

        await using var timer = engine.Time.CreateTimer(static p => ((Poller)p!).Leave(), poller, timeout, Timeout.InfiniteTimeSpan);
        await using var registration = cancellationToken.UnsafeRegister(static p => ((Poller)p!).Leave(), poller);
        try
        {
            return await poller.Result;
        }
        finally
        {
            Get(poller.Queue).Remove(poller, engine.Time.GetUtcNow());
        }
    }

    /// <summary>The worker behind a sticky queue has stopped: its polls end, and what waited for it goes to the others.</summary>
    public void CloseSticky(TaskQueueKey queue)
    {
        if (_queues.TryGetValue(queue, out var found))
        {
            foreach (var task in found.Close())
            {
                Offer(task);
            }
        }
    }

    public TaskQueueView Describe(TaskQueueKey queue) => _queues.TryGetValue(queue, out var found)
        ? found.Describe(engine.Time.GetUtcNow() - s_pollerMemory)
        : new TaskQueueView([], new Dictionary<int, int>());

    public void Stop()
    {
        _stopped = true;
        foreach (var queue in _queues.Values)
        {
            queue.DismissAll();
        }
    }

    private TaskQueue Get(TaskQueueKey key) => _queues.GetOrAdd(key, static _ => new TaskQueue());
}
