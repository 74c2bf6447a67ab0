using Temporalio.Bridge.Api.WorkflowActivation;
using Kind = Temporalio.Bridge.Api.WorkflowActivation.WorkflowActivationJob.VariantOneofCase;

namespace Temporalio.Worker.Core.Runs;

/// <summary>Packs a run's jobs with the facts of the moment.</summary>
internal static class ActivationBuilder
{
    public static WorkflowActivation Build(RunMachines run)
    {
        var jobs = run.TakeJobs();

        // Whatever has been replayed, a query shall never look like progress; an empty list counts as queries to come.
        var replaying = run.Replaying || jobs.TrueForAll(j => j.VariantCase is Kind.QueryWorkflow);
        if (!replaying)
        {
            run.DeploymentVersion = run.Context.DeploymentVersion;
        }

        var activation = new WorkflowActivation
        {
            RunId = run.RunId,
            Timestamp = run.Time,
            IsReplaying = replaying,
            HistoryLength = (uint)run.LastEventId,
            HistorySizeBytes = run.Hints.HistorySizeBytes,
            ContinueAsNewSuggested = run.Hints.ContinueAsNewSuggested,
            DeploymentVersionForCurrentTask = run.DeploymentVersion,
            LastSdkVersion = run.Flags.LastSdkVersion,
            TargetWorkerDeploymentVersionChanged = run.Hints.TargetVersionChanged,
        };
        activation.Jobs.Add(jobs);
        activation.AvailableInternalFlags.Add(run.Flags.Lang);
        activation.SuggestContinueAsNewReasons.Add(run.Hints.Reasons);
        return activation;
    }

    public static WorkflowActivation Eviction(string runId, long historyLength, EvictionRequest request) => new()
    {
        RunId = runId,
        HistoryLength = (uint)historyLength,
        Jobs = { new WorkflowActivationJob { RemoveFromCache = new() { Message = request.Message, Reason = request.Reason } } },
    };

    /// <summary>Puts jobs in the order in which a workflow takes them; equals stay as they came.</summary>
    public static void Order(WorkflowActivation activation)
    {
        var jobs = activation.Jobs;
        for (var i = 1; i < jobs.Count; i++)
        {
            var job = jobs[i];
            var rank = Rank(job);
            var at = i;
            while (at > 0 && Rank(jobs[at - 1]) > rank)
            {
                jobs[at] = jobs[at - 1];
                at--;
            }

            jobs[at] = job;
        }
    }

    private static int Rank(WorkflowActivationJob job) => job.VariantCase switch
    {
        Kind.InitializeWorkflow => 0,
        Kind.NotifyHasPatch => 1,
        Kind.UpdateRandomSeed => 2,
        Kind.SignalWorkflow or Kind.DoUpdate => 3,
        Kind.ResolveActivity when job.ResolveActivity.IsLocal => 5,
        Kind.QueryWorkflow => 6,
        Kind.RemoveFromCache => 7,
        _ => 4,
    };
}
