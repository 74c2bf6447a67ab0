using Temporalio.Server.Store;
using Temporalio.Server.Store.InMemory;

namespace Temporalio.Server.Tests.State;

/// <summary>A store in memory that also keeps every state that was ever handed to it.</summary>
internal sealed class KeptStates : IExecutionStore
{
    private readonly InMemoryExecutionStore _inner = new();

    public List<StoredRun> All { get; } = [];

    public Task<CommitOutcome> CommitAsync(IReadOnlyList<RunChange> group, CancellationToken cancellationToken)
    {
        foreach (var change in group)
        {
            if (change.State is { } state)
            {
                All.Add(new StoredRun(change.Workflow, change.RunId, 1, Open: true, Current: true, state));
            }
        }

        return _inner.CommitAsync(group, cancellationToken);
    }

    public ValueTask<StoredRun?> LoadRunAsync(WorkflowKey workflow, string runId, CancellationToken cancellationToken) => _inner.LoadRunAsync(workflow, runId, cancellationToken);

    public ValueTask<IReadOnlyList<HistoryBatch>> ReadHistoryAsync(
        WorkflowKey workflow, string runId, long fromEventId, long toEventId, int maxBatches, CancellationToken cancellationToken) =>
        _inner.ReadHistoryAsync(workflow, runId, fromEventId, toEventId, maxBatches, cancellationToken);

    public IAsyncEnumerable<OpenRun> ScanOpenAsync(CancellationToken cancellationToken) => _inner.ScanOpenAsync(cancellationToken);

    public ValueTask<IReadOnlyList<ClosedRun>> FindClosedAsync(string ns, DateTimeOffset before, int most, CancellationToken cancellationToken) =>
        _inner.FindClosedAsync(ns, before, most, cancellationToken);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
