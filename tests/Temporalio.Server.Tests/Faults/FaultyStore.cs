using Temporalio.Server.Store;

namespace Temporalio.Server.Tests.Faults;

/// <summary>A store that refuses what it is told to, once each, and keeps the rest.</summary>
internal sealed class FaultyStore(IExecutionStore inner) : IExecutionStore
{
    public Func<IReadOnlyList<RunChange>, bool>? FailCommit { get; set; }

    public Func<string, bool>? FailLoad { get; set; }

    public bool FailRead { get; set; }

    /// <summary>The run ids that were asked for.</summary>
    public List<string> Loads { get; } = [];

    public Task<CommitOutcome> CommitAsync(IReadOnlyList<RunChange> group, CancellationToken cancellationToken)
    {
        if (FailCommit?.Invoke(group) is not true)
        {
            return inner.CommitAsync(group, cancellationToken);
        }

        FailCommit = null;
        throw new IOException("The commit was refused.");
    }

    public ValueTask<StoredRun?> LoadRunAsync(WorkflowKey workflow, string runId, CancellationToken cancellationToken)
    {
        Loads.Add(runId);
        if (FailLoad?.Invoke(runId) is not true)
        {
            return inner.LoadRunAsync(workflow, runId, cancellationToken);
        }

        FailLoad = null;
        throw new IOException("The run was refused.");
    }

    public ValueTask<IReadOnlyList<HistoryBatch>> ReadHistoryAsync(
        WorkflowKey workflow, string runId, long fromEventId, long toEventId, int maxBatches, CancellationToken cancellationToken)
    {
        if (!FailRead)
        {
            return inner.ReadHistoryAsync(workflow, runId, fromEventId, toEventId, maxBatches, cancellationToken);
        }

        FailRead = false;
        throw new IOException("The history was refused.");
    }

    public IAsyncEnumerable<OpenRun> ScanOpenAsync(CancellationToken cancellationToken) => inner.ScanOpenAsync(cancellationToken);

    public ValueTask<IReadOnlyList<ClosedRun>> FindClosedAsync(string ns, DateTimeOffset before, int most, CancellationToken cancellationToken) =>
        inner.FindClosedAsync(ns, before, most, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
