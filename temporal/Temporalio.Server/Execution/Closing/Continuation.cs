using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Execution.Tasks;

namespace Temporalio.Server.Execution.Closing;

/// <summary>The run that follows a closed one in its chain.</summary>
internal static class Continuation
{
    /// <summary>Starts the same thing once more, for a retry or the next time of a cron schedule. Answers the new run's id.</summary>
    public static string Again(RunStep step, TimeSpan backoff, ContinueAsNewInitiator initiator, Failure? failure, Payloads? lastResult)
    {
        var info = step.Run.Info;
        var start = info.Start.Clone();
        start.Memo = info.Memo?.Clone();
        start.SearchAttributes = SearchAttributesToCarry(info);
        start.Initiator = initiator;
        start.Attempt = initiator == ContinueAsNewInitiator.Retry ? info.Start.Attempt + 1 : 1;
        start.ContinuedFailure = failure;
        start.LastCompletionResult = lastResult ?? info.Start.LastCompletionResult;
        start.Identity = "";
        return Begin(step, start, backoff);
    }

    /// <summary>Starts the chain's next run. Answers its id.</summary>
    public static string Begin(RunStep step, WorkflowExecutionStartedEventAttributes start, TimeSpan backoff)
    {
        var info = step.Run.Info;
        backoff = Spaced(step, backoff);
        start.ContinuedExecutionRunId = step.Run.RunId;
        start.FirstExecutionRunId = info.Start.FirstExecutionRunId;
        start.FirstWorkflowTaskBackoff = backoff > TimeSpan.Zero ? backoff.ToProto() : null;
        start.PrevAutoResetPoints = PointsToCarry(step);
        start.WorkflowExecutionExpirationTime = info.Start.WorkflowExecutionExpirationTime;
        start.EagerExecutionAccepted = false;
        var next = NewRun.Create(step.Actor, new RunSeed
        {
            Start = start,
            RequestId = step.Engine.Ids.NewId(),
            UserMetadata = start.Initiator == ContinueAsNewInitiator.Workflow ? null : info.UserMetadata,
            Backoff = backoff,
            OriginalStartTime = info.OriginalStartTime,
        });
        info.NewRunId = next.Run.RunId;
        WorkflowTasks.EnsureScheduled(next);
        return next.Run.RunId;
    }

    /// <summary>What a run hands on: not what the server itself has noted about its workers.</summary>
    public static SearchAttributes? SearchAttributesToCarry(RunInfo info)
    {
        var carried = info.SearchAttributes?.Clone();
        carried?.IndexedFields.Remove("BuildIds");
        carried?.IndexedFields.Remove("BinaryChecksums");
        return carried is { IndexedFields.Count: > 0 } ? carried : null;
    }

    // The points of a run that ends are good for as long as its history is kept.
    private static ResetPoints? PointsToCarry(RunStep step)
    {
        var info = step.Run.Info;
        if (info.ResetPoints is null)
        {
            return null;
        }

        foreach (var point in info.ResetPoints.Points)
        {
            if (point.RunId == step.Run.RunId)
            {
                point.ExpireTime = (step.Now + step.Engine.Options.Retention).ToProto();
            }
        }

        return info.ResetPoints.Clone();
    }

    // A chain whose runs end at once would spin: its runs begin a least time apart.
    private static TimeSpan Spaced(RunStep step, TimeSpan backoff)
    {
        var earliest = step.Run.Info.ExecutionTime + step.Engine.Options.MinimumRunSpacing - step.Now;
        return backoff < earliest ? earliest : backoff;
    }
}
