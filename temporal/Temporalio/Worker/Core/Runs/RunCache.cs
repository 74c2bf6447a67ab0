namespace Temporalio.Worker.Core.Runs;

/// <summary>The runs in memory, least recently used first.</summary>
internal sealed class RunCache(int capacity)
{
    private readonly Dictionary<string, LinkedListNode<Run>> _runs = new(StringComparer.Ordinal);
    private readonly LinkedList<Run> _order = [];

    /// <summary>Runs are evicted as soon as their task is answered.</summary>
    public bool KeepsNothing => capacity == 0;

    public bool IsFull => capacity > 0 && _runs.Count >= capacity;

    public int Count => _runs.Count;

    public IEnumerable<Run> LeastRecentFirst => _order;

    public bool Has(string runId) => _runs.ContainsKey(runId);

    public Run? Find(string runId) => _runs.TryGetValue(runId, out var node) ? node.Value : null;

    /// <summary>Finds it and makes it the most recently used.</summary>
    public Run? Use(string runId)
    {
        if (!_runs.TryGetValue(runId, out var node))
        {
            return null;
        }

        if (node.Next is not null)
        {
            _order.Remove(node);
            _order.AddLast(node);
        }

        return node.Value;
    }

    public void Add(Run run) => _runs.Add(run.RunId, _order.AddLast(run));

    public void Remove(string runId)
    {
        if (_runs.Remove(runId, out var node))
        {
            _order.Remove(node);
        }
    }
}
