using Temporalio.Server.Store;

namespace Temporalio.Server.Tests.Batch;

/// <summary>A store that keeps one more group, the one with a change that <paramref name="last"/> names, and then never answers again.</summary>
internal sealed class DyingStore(IExecutionStore inner, Func<RunChange, bool> last) : IExecutionStore
{
    /// <summary>Whether it looks for that change yet.</summary>
    public bool Armed { get; set; }

    public bool Dead { get; private set; }

    public async Task<CommitOutcome> CommitAsync(IReadOnlyList<RunChange> group, CancellationToken cancellationToken)
    {
        if (Dead)
        {
            return await new TaskCompletionSource<CommitOutcome>().Task;
        }

        var outcome = await inner.CommitAsync(group, cancellationToken);
        Dead = Armed && group.Any(last);
        return outcome;
    }

    public ValueTask<StoredRun?> LoadRunAsync(WorkflowKey workflow, string runId, CancellationToken cancellationToken) => inner.LoadRunAsync(workflow, runId, cancellationToken);

    public ValueTask<IReadOnlyList<HistoryBatch>> ReadHistoryAsync(
        WorkflowKey workflow, string runId, long fromEventId, long toEventId, int maxBatches, CancellationToken cancellationToken) =>
        inner.ReadHistoryAsync(workflow, runId, fromEventId, toEventId, maxBatches, cancellationToken);

    public IAsyncEnumerable<OpenRun> ScanOpenAsync(CancellationToken cancellationToken) => inner.ScanOpenAsync(cancellationToken);

    public ValueTask<IReadOnlyList<ClosedRun>> FindClosedAsync(string ns, DateTimeOffset before, int most, CancellationToken cancellationToken) =>
        inner.FindClosedAsync(ns, before, most, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
