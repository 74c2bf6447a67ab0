using System.Runtime.CompilerServices;

namespace Temporalio.Server.Store.InMemory;

/// <summary>Keeps executions for the life of the process: the dev server's and the tests' store.</summary>
public sealed class InMemoryExecutionStore : IExecutionStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(WorkflowKey Workflow, string RunId), Row> _runs = [];
    private readonly Dictionary<WorkflowKey, string> _current = [];

    /// <inheritdoc/>
    public Task<CommitOutcome> CommitAsync(IReadOnlyList<RunChange> group, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var change in group)
            {
                var version = _runs.TryGetValue((change.Workflow, change.RunId), out var row) ? row.Version : 0;
                if (version != change.ExpectedVersion)
                {
                    throw new InvalidOperationException($"Run {change.RunId} has version {version}, not {change.ExpectedVersion}.");
                }
            }

            foreach (var change in group)
            {
                Apply(change);
            }
        }

        return Task.FromResult(CommitOutcome.Committed);
    }

    /// <inheritdoc/>
    public ValueTask<StoredRun?> LoadRunAsync(WorkflowKey workflow, string runId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var current = _current.GetValueOrDefault(workflow);
            var id = runId.Length == 0 ? current : runId;
            return new(id is not null && _runs.TryGetValue((workflow, id), out var row)
                ? new StoredRun(workflow, id, row.Version, row.Open, id == current, row.State)
                : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<HistoryBatch>> ReadHistoryAsync(
        WorkflowKey workflow, string runId, long fromEventId, long toEventId, int maxBatches, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_runs.TryGetValue((workflow, runId), out var row))
            {
                return new(Array.Empty<HistoryBatch>());
            }

            var batches = row.History;
            var first = batches.Count;
            while (first > 0 && batches[first - 1].NextEventId > fromEventId)
            {
                first--;
            }

            var page = new List<HistoryBatch>();
            for (var i = first; i < batches.Count && batches[i].FirstEventId < toEventId && page.Count < maxBatches; i++)
            {
                page.Add(batches[i]);
            }

            return new(page);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<OpenRun> ScanOpenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<OpenRun> open = [];
        lock (_gate)
        {
            foreach (var ((workflow, runId), row) in _runs)
            {
                if (row.Open)
                {
                    open.Add(new OpenRun(workflow, runId, row.WakeAt, row.Pending));
                }
            }
        }

        foreach (var run in open)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return run;
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ClosedRun>> FindClosedAsync(string ns, DateTimeOffset before, int most, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return new([.. _runs
                .Where(r => r.Key.Workflow.Namespace == ns && !r.Value.Open && r.Value.WakeAt < before)
                .OrderBy(r => r.Value.WakeAt)
                .Take(most)
                .Select(r => new ClosedRun(r.Key.Workflow, r.Key.RunId))]);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredRun> ScanAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<StoredRun> all = [];
        lock (_gate)
        {
            foreach (var ((workflow, runId), row) in _runs)
            {
                all.Add(new StoredRun(workflow, runId, row.Version, row.Open, _current.GetValueOrDefault(workflow) == runId, row.State));
            }
        }

        foreach (var run in all)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return run;
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Apply(RunChange change)
    {
        var key = (change.Workflow, change.RunId);
        if (change.State is not { } state)
        {
            _runs.Remove(key);
            if (_current.GetValueOrDefault(change.Workflow) == change.RunId)
            {
                _current.Remove(change.Workflow);
            }

            return;
        }

        if (!_runs.TryGetValue(key, out var row))
        {
            _runs.Add(key, row = new Row());
        }

        row.Version++;
        row.State = state;
        row.Open = change.Open;
        row.WakeAt = change.WakeAt;
        row.Pending = change.Pending;
        row.History.AddRange(change.Batches);
        if (change.Current)
        {
            _current[change.Workflow] = change.RunId;
        }
    }

    private sealed class Row
    {
        public long Version { get; set; }

        public ReadOnlyMemory<byte> State { get; set; }

        public bool Open { get; set; }

        public DateTimeOffset? WakeAt { get; set; }

        public bool Pending { get; set; }

        public List<HistoryBatch> History { get; } = [];
    }
}
