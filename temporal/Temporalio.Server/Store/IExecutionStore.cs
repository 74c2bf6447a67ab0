using System.Runtime.CompilerServices;

namespace Temporalio.Server.Store;

/// <summary>
/// Where executions live. A few calls wide: the engine decides, a store only keeps. One process writes at a time; a store that finds
/// itself superseded answers <see cref="CommitOutcome.Fenced"/> for ever after.
/// </summary>
public interface IExecutionStore : IAsyncDisposable
{
    /// <summary>
    /// Grows with every session that writes, whichever process has it: what an earlier one handed out and did not commit is lost. A store that dies with
    /// its process has one.
    /// </summary>
    long Generation => 0;

    /// <summary>
    /// Makes every change of the group durable, or none. Changes of one run come at most once a group. Called by one caller at a time.
    /// An exception means that the outcome is unknown: the caller drops what it holds in memory and reads again.
    /// </summary>
    Task<CommitOutcome> CommitAsync(IReadOnlyList<RunChange> group, CancellationToken cancellationToken);

    /// <summary>The run's state, or <see langword="null"/> if there is none. An empty run id asks for the workflow id's current run.</summary>
    ValueTask<StoredRun?> LoadRunAsync(WorkflowKey workflow, string runId, CancellationToken cancellationToken);

    /// <summary>
    /// The run's history batches that hold events in [<paramref name="fromEventId"/>, <paramref name="toEventId"/>), in order,
    /// whole batches, at most <paramref name="maxBatches"/>.
    /// </summary>
    ValueTask<IReadOnlyList<HistoryBatch>> ReadHistoryAsync(
        WorkflowKey workflow, string runId, long fromEventId, long toEventId, int maxBatches, CancellationToken cancellationToken);

    /// <summary>Every open run with what recovery needs before it decodes a state: when to wake it and which queue it waits in.</summary>
    IAsyncEnumerable<OpenRun> ScanOpenAsync(CancellationToken cancellationToken);

    /// <summary>Closed runs of a namespace that closed before <paramref name="before"/>: the earliest, in order, at most <paramref name="most"/>.</summary>
    ValueTask<IReadOnlyList<ClosedRun>> FindClosedAsync(string ns, DateTimeOffset before, int most, CancellationToken cancellationToken);

    /// <summary>
    /// Every run, open or closed, in no order; what is committed meanwhile may be missing. A store that keeps closed runs out of reach
    /// gives the open ones.
    /// </summary>
    async IAsyncEnumerable<StoredRun> ScanAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var open in ScanOpenAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await LoadRunAsync(open.Workflow, open.RunId, cancellationToken).ConfigureAwait(false) is { } run)
            {
                yield return run;
            }
        }
    }
}

/// <summary>A workflow id in its namespace: the unit that one actor owns.</summary>
public readonly record struct WorkflowKey(string Namespace, string WorkflowId);

/// <summary>What became of a group.</summary>
public enum CommitOutcome
{
    /// <summary>Durable.</summary>
    Committed,

    /// <summary>Another process writes now; nothing of the group was kept.</summary>
    Fenced,
}

/// <summary>Events <c>[FirstEventId, NextEventId)</c> of one transaction, as the bytes of a <c>temporal.api.history.v1.History</c>.</summary>
public sealed record HistoryBatch(long FirstEventId, long NextEventId, ReadOnlyMemory<byte> Data);

/// <summary>One run's part of a commit.</summary>
public sealed record RunChange
{
    public required WorkflowKey Workflow { get; init; }

    public required string RunId { get; init; }

    /// <summary>The version this change replaces; 0 creates the run.</summary>
    public required long ExpectedVersion { get; init; }

    /// <summary>The run's whole state after the change, opaque to the store; <see langword="null"/> deletes run and history.</summary>
    public required ReadOnlyMemory<byte>? State { get; init; }

    /// <summary>Batches to append after what is stored, in order.</summary>
    public IReadOnlyList<HistoryBatch> Batches { get; init; } = [];

    /// <summary>False once the run is closed.</summary>
    public required bool Open { get; init; }

    /// <summary>True when the workflow id's current run is this one from now on.</summary>
    public bool Current { get; init; }

    /// <summary>
    /// The earliest deadline the run waits for; kept for recovery, may be stale in the early direction. Of a closed run, when it closed.
    /// </summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>True when recovery must load the run at once: a task is pending, or another execution has to be told something.</summary>
    public bool Pending { get; init; }
}

/// <summary>A run as loaded.</summary>
public sealed record StoredRun(WorkflowKey Workflow, string RunId, long Version, bool Open, bool Current, ReadOnlyMemory<byte> State);

/// <summary>An open run as recovery sees it.</summary>
public readonly record struct OpenRun(WorkflowKey Workflow, string RunId, DateTimeOffset? WakeAt, bool Pending);

/// <summary>A closed run as its deletion sees it.</summary>
public readonly record struct ClosedRun(WorkflowKey Workflow, string RunId);
