using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.LocalActivities;

/// <summary>For replay: what has no marker by the end of history stays open, as it does in a worker that dies.</summary>
internal sealed class NoLocalActivities : ILocalActivities
{
    public static readonly NoLocalActivities Instance = new();

    public IReadOnlyList<LocalActivityResolved> Submit(RunMachines run, LocalActivityRequests requests) => [];

    public void TaskCompleted(string runId)
    {
    }

    public void CancelAllIn(string runId)
    {
    }

    public void Invalidate(string runId)
    {
    }
}
