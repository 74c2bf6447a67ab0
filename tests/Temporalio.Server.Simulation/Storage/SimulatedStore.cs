using Temporalio.Server.Simulation.Scheduling;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Storage;

/// <summary>The store could not be reached, or nobody knows whether it took the change.</summary>
internal sealed class StoreFailure(string message) : Exception(message);

/// <summary>
/// One server's session with the disk. Calls take time; a commit fails before or after it took effect, or is late enough that its
/// server is dead or fenced when it arrives.
/// </summary>
internal sealed class SimulatedStore(Simulator simulator, SimulatedDisk disk, SimulatedProcess wire, SimulatedProcess owner, FaultPlan faults) : IExecutionStore
{
    private readonly int _session = disk.OpenSession();
    private bool _busy;
    private bool _knows;

    public long Generation { get; private set; } = disk.NextGeneration();

    public bool IsFenced => disk.IsFenced(_session);

    public Task<CommitOutcome> CommitAsync(IReadOnlyList<RunChange> group, CancellationToken cancellationToken)
    {
        if (_busy)
        {
            simulator.Fail("A commit was asked for while another one was under way.");
        }

        _busy = true;
        var outcome = new TaskCompletionSource<CommitOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var fate = faults.CommitFate();
        if (fate is CommitFate.LostBefore or CommitFate.LostAfter)
        {
            disk.Uncertain++;
        }

        After(faults.CommitDelay(), () =>
        {
            if (fate == CommitFate.Taken && disk.ReportsEarly)
            {
                outcome.TrySetResult(CommitOutcome.Committed);
                After(faults.CommitDelay(), () => disk.Apply(_session, group));
            }
            else if (fate == CommitFate.LostBefore)
            {
                simulator.Note($"{owner.Name}: a commit of {group.Count} is lost before it took effect");
            }
            else if (disk.Apply(_session, group) == CommitOutcome.Fenced)
            {
                simulator.Note($"{owner.Name}: a commit of {group.Count} is fenced");
                fate = CommitFate.Fenced;
            }

            After(faults.CommitDelay(), () =>
            {
                _busy = false;
                switch (fate)
                {
                    case CommitFate.Taken:
                        outcome.TrySetResult(CommitOutcome.Committed);
                        break;
                    case CommitFate.Fenced:
                        outcome.TrySetResult(CommitOutcome.Fenced);
                        break;
                    default:
                        // As after a lost connection: the next one is a session of its own, which nobody gets who was superseded.
                        _knows = IsFenced;
                        Generation = _knows ? Generation : disk.NextGeneration();
                        simulator.Note($"{owner.Name}: the outcome of a commit of {group.Count} is unknown ({fate})");
                        outcome.TrySetException(new StoreFailure("The connection was lost during the commit."));
                        break;
                }
            });
        });
        return outcome.Task;
    }

    public ValueTask<StoredRun?> LoadRunAsync(WorkflowKey workflow, string runId, CancellationToken cancellationToken) =>
        Read(() => disk.Content.LoadRunAsync(workflow, runId, cancellationToken));

    public ValueTask<IReadOnlyList<HistoryBatch>> ReadHistoryAsync(
        WorkflowKey workflow, string runId, long fromEventId, long toEventId, int maxBatches, CancellationToken cancellationToken) =>
        Read(() => disk.Content.ReadHistoryAsync(workflow, runId, fromEventId, toEventId, maxBatches, cancellationToken));

    public IAsyncEnumerable<OpenRun> ScanOpenAsync(CancellationToken cancellationToken) => disk.Content.ScanOpenAsync(cancellationToken);

    public ValueTask<IReadOnlyList<ClosedRun>> FindClosedAsync(string ns, DateTimeOffset before, int most, CancellationToken cancellationToken) =>
        Read(() => disk.Content.FindClosedAsync(ns, before, most, cancellationToken));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask<T> Read<T>(Func<ValueTask<T>> read)
    {
        var (delay, fails) = faults.Read();
        fails |= _knows;
        if (delay <= TimeSpan.Zero && !fails)
        {
            return read();
        }

        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        After(delay, () =>
        {
            if (fails)
            {
                result.TrySetException(new StoreFailure("The store cannot be reached."));
            }
            else
            {
                var done = read();
                result.TrySetResult(done.IsCompletedSuccessfully ? done.Result : throw new InvalidOperationException("The in-memory store does not wait."));
            }
        });
        return new(result.Task);
    }

    // On the wire's process: what was sent arrives even if its sender dies.
    private void After(TimeSpan delay, Action action) => _ = wire.Time.CreateTimer(static a => ((Action)a!)(), action, delay, Timeout.InfiniteTimeSpan);
}
