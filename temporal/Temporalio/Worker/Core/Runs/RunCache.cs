namespace Temporalio.Worker.Core.Runs;

/// <summary>The runs in memory, least recently used first.</summary>
internal sealed class RunCache(CacheLimits limits, TimeProvider timeProvider)
{
    private readonly Dictionary<string, LinkedListNode<Entry>> _runs = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _order = [];
    private long _bytes;

    /// <summary>Runs are evicted as soon as their task is answered.</summary>
    public bool KeepsNothing => limits.Runs == 0;

    public bool IsFull => limits.Runs > 0 && _runs.Count >= limits.Runs;

    /// <summary>There are runs that will have to go if nothing happens to them.</summary>
    public bool HasTooManyToIdle => _runs.Count > limits.KeptWhenIdle;

    public int Count => _runs.Count;

    public IEnumerable<Run> LeastRecentFirst => _order.Select(e => e.Run);

    public Run? Find(string runId) => _runs.TryGetValue(runId, out var node) ? node.Value.Run : null;

    /// <summary>Finds it and makes it the most recently used.</summary>
    public Run? Use(string runId)
    {
        if (!_runs.TryGetValue(runId, out var node))
        {
            return null;
        }

        node.Value.UsedAt = timeProvider.GetTimestamp();
        if (node.Next is not null)
        {
            _order.Remove(node);
            _order.AddLast(node);
        }

        return node.Value.Run;
    }

    public void Add(Run run) => _runs.Add(run.RunId, _order.AddLast(new Entry(run) { UsedAt = timeProvider.GetTimestamp() }));

    public void Remove(string runId)
    {
        if (_runs.Remove(runId, out var node))
        {
            _bytes -= node.Value.Bytes;
            _order.Remove(node);
        }
    }

    /// <summary>Takes note of how much the run has become.</summary>
    public void Weigh(Run run)
    {
        if (_runs.TryGetValue(run.RunId, out var node))
        {
            var bytes = (long)run.Machines.Hints.HistorySizeBytes;
            _bytes += bytes - node.Value.Bytes;
            node.Value.Bytes = bytes;
        }
    }

    /// <summary>Runs to part with so that the others stay within the bytes allowed; the most recent one always stays.</summary>
    public List<Run> TooHeavy()
    {
        var excess = _bytes - limits.HistoryBytes;
        var chosen = new List<Run>();
        for (var node = _order.First; excess > 0 && node?.Next is not null; node = node.Next)
        {
            excess -= node.Value.Bytes;
            chosen.Add(node.Value.Run);
        }

        return chosen;
    }

    /// <summary>Runs that nothing has happened to for too long, beyond those that may stay.</summary>
    public List<Run> Idle()
    {
        var now = timeProvider.GetTimestamp();
        var chosen = new List<Run>();
        var left = _runs.Count;
        for (var node = _order.First; left > limits.KeptWhenIdle && node is not null; node = node.Next, left--)
        {
            if (timeProvider.GetElapsedTime(node.Value.UsedAt, now) < limits.Idle)
            {
                break;
            }

            chosen.Add(node.Value.Run);
        }

        return chosen;
    }

    private sealed class Entry(Run run)
    {
        public Run Run { get; } = run;

        public long UsedAt { get; set; }

        public long Bytes { get; set; }
    }
}
