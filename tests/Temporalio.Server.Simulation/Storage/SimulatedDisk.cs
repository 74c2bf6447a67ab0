using Temporalio.Api.History.V1;
using Temporalio.Server.Simulation.Scheduling;
using Temporalio.Server.Store;
using Temporalio.Server.Store.InMemory;

namespace Temporalio.Server.Simulation.Storage;

/// <summary>
/// What survives every process. One session writes: opening another ends its right to, and what it still has under way counts as not
/// sent. Every commit passes the rules before anybody hears of it.
/// </summary>
internal sealed class SimulatedDisk(Simulator simulator, InMemoryExecutionStore content, Defects defects)
{
    private int _writer;
    private long _generation;

    /// <summary>Called with each group at the instant at which it became durable.</summary>
    public Action<IReadOnlyList<RunChange>>? Committed { get; set; }

    public IExecutionStore Content => content;

    public int Commits { get; private set; }

    /// <summary>How many commits their server cannot know the outcome of.</summary>
    public int Uncertain { get; set; }

    public bool ReportsEarly => defects.HasFlag(Defects.EarlyReports);

    /// <summary>The run as it is on disk now.</summary>
    public StoredRun? Load(WorkflowKey workflow, string runId)
    {
        var load = content.LoadRunAsync(workflow, runId, CancellationToken.None);
        return load.IsCompletedSuccessfully ? load.Result : throw new InvalidOperationException("The in-memory store does not wait.");
    }

    public int OpenSession() => ++_writer;

    /// <summary>Higher than all before it.</summary>
    public long NextGeneration() => ++_generation;

    public bool IsFenced(int session) => session != _writer;

    /// <summary>Applies the group, or refuses it because another session writes now.</summary>
    public CommitOutcome Apply(int session, IReadOnlyList<RunChange> group)
    {
        if (IsFenced(session) && !defects.HasFlag(Defects.NoFencing))
        {
            return CommitOutcome.Fenced;
        }

        Commits++;
        var done = content.CommitAsync(group, CancellationToken.None);
        if (!done.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("The in-memory store does not wait.");
        }

        foreach (var change in group)
        {
            simulator.Detail(() => $"disk: {change.Workflow.WorkflowId}/{change.RunId} version {change.ExpectedVersion} + {string.Join(", ", change.Batches.SelectMany(Names))}");
            simulator.Trace.Add(change.RunId);
            simulator.Trace.Add(change.State is { } state ? state.Span : []);
            foreach (var batch in change.Batches)
            {
                simulator.Trace.Add(batch.Data.Span);
            }
        }

        Committed?.Invoke(group);
        return CommitOutcome.Committed;
    }

    private static IEnumerable<string> Names(HistoryBatch batch) => History.Parser.ParseFrom(batch.Data.Span).Events.Select(e => $"{e.EventId} {e.EventType}");
}
