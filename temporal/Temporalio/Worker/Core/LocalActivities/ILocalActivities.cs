using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.LocalActivities;

/// <summary>
/// Where runs have their local activities executed; a replayer has none. Called by the runs' actor only, and never calls back into it
/// before it has returned.
/// </summary>
internal interface ILocalActivities
{
    /// <summary>Starts and cancels; answers what is resolved already, without having been run.</summary>
    IReadOnlyList<LocalActivityResolved> Submit(RunMachines run, LocalActivityRequests requests);

    /// <summary>The run's workflow task has been answered: retries counted for it are told.</summary>
    void TaskCompleted(string runId);

    void CancelAllIn(string runId);

    /// <summary>The run is gone: its activities are cancelled and their results dropped.</summary>
    void Invalidate(string runId);
}

/// <summary>A local activity of a run is done.</summary>
internal sealed record LocalActivityResolved(uint Seq, LocalActivityResult Result, TimeSpan Runtime);
