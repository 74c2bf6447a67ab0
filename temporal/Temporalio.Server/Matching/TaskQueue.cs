namespace Temporalio.Server.Matching;

/// <summary>Workers that wait for tasks, or tasks that wait for workers.</summary>
internal sealed class TaskQueue
{
    private const int MaxIdentities = 1000;

    private readonly Lock _gate = new();
    private readonly LinkedList<Poller> _pollers = new();
    private readonly PriorityQueue<PendingTask, (int Priority, long Sequence)> _tasks = new();
    private readonly Dictionary<string, DateTimeOffset> _identities = [];
    private long _sequence;

    /// <summary>When a worker last waited here.</summary>
    public DateTimeOffset? LastPoll { get; private set; }

    /// <summary>True after the worker of a sticky queue said goodbye.</summary>
    public bool Closed { get; private set; }

    /// <summary>Gives the task to a waiting worker, or keeps it.</summary>
    public Poller? Offer(PendingTask task)
    {
        lock (_gate)
        {
            return OfferNeedsLock(task);
        }
    }

    /// <summary>The same if a worker waits here, or did not long ago; otherwise the task is not for this queue.</summary>
    public bool TryOffer(PendingTask task, DateTimeOffset since, out Poller? poller)
    {
        lock (_gate)
        {
            var polled = !Closed && (_pollers.Count > 0 || LastPoll >= since);
            poller = polled ? OfferNeedsLock(task) : null;
            return polled;
        }
    }

    /// <summary>Gives the worker a waiting task, or keeps the worker.</summary>
    public PendingTask? Poll(Poller poller, DateTimeOffset now)
    {
        lock (_gate)
        {
            LastPoll = now;
            Closed = false;
            Note(poller, now);
            if (_tasks.Count > 0)
            {
                return poller.TryAccept() ? _tasks.Dequeue() : null;
            }

            if (poller.IsWaiting)
            {
                _pollers.AddLast(poller);
            }

            return null;
        }
    }

    public Poller? TryTakeInProcessPoller()
    {
        lock (_gate)
        {
            return _tasks.Count == 0 ? TakePoller(inProcessOnly: true) : null;
        }
    }

    /// <summary>Forgets a worker that has left.</summary>
    public void Remove(Poller poller, DateTimeOffset now)
    {
        lock (_gate)
        {
            LastPoll = now;
            Note(poller, now);
            _pollers.Remove(poller);
        }
    }

    /// <summary>Ends the waits of a worker's polls; a sticky queue has no other.</summary>
    public List<PendingTask> Close()
    {
        List<Poller> leaving;
        List<PendingTask> left = [];
        lock (_gate)
        {
            Closed = true;
            leaving = [.. _pollers];
            _pollers.Clear();
            while (_tasks.TryDequeue(out var task, out _))
            {
                left.Add(task);
            }
        }

        leaving.ForEach(p => p.Leave());
        return left;
    }

    /// <summary>Who polled after <paramref name="since"/>, and how many tasks wait at each priority.</summary>
    public TaskQueueView Describe(DateTimeOffset since)
    {
        lock (_gate)
        {
            foreach (var (identity, seen) in _identities)
            {
                if (seen < since)
                {
                    _identities.Remove(identity);
                }
            }

            var backlog = new SortedDictionary<int, int>();
            foreach (var (_, (priority, _)) in _tasks.UnorderedItems)
            {
                backlog[priority] = backlog.GetValueOrDefault(priority) + 1;
            }

            return new TaskQueueView([.. _identities.Select(p => (p.Key, p.Value)).OrderBy(p => p.Key, StringComparer.Ordinal)], backlog);
        }
    }

    public void DismissAll()
    {
        List<Poller> leaving;
        lock (_gate)
        {
            leaving = [.. _pollers];
            _pollers.Clear();
        }

        leaving.ForEach(p => p.Leave());
    }

    private Poller? OfferNeedsLock(PendingTask task)
    {
        if (TakePoller(inProcessOnly: false) is { } poller)
        {
            return poller;
        }

        _tasks.Enqueue(task, (task.Priority, _sequence++));
        return null;
    }

    private void Note(Poller poller, DateTimeOffset now)
    {
        if (_identities.Count < MaxIdentities || _identities.ContainsKey(poller.Identity))
        {
            _identities[poller.Identity] = now;
        }
    }

    private Poller? TakePoller(bool inProcessOnly)
    {
        var node = _pollers.First;
        while (node is not null)
        {
            var next = node.Next;
            if (!node.Value.IsWaiting)
            {
                _pollers.Remove(node);
            }
            else if ((!inProcessOnly || node.Value.InProcess) && node.Value.TryAccept())
            {
                _pollers.Remove(node);
                return node.Value;
            }

            node = next;
        }

        return null;
    }
}

/// <summary>A task queue as people see it.</summary>
internal sealed record TaskQueueView(IReadOnlyList<(string Identity, DateTimeOffset LastAccess)> Pollers, IReadOnlyDictionary<int, int> Backlog);
