using Temporalio.Api.Enums.V1;
using Reason = Temporalio.Bridge.Api.WorkflowActivation.RemoveFromCache.Types.EvictionReason;

namespace Temporalio.Worker.Core.Runs;

/// <summary>A completion that failed: by the workflow's side, or, automatic, by the machines.</summary>
internal sealed record TaskFailure(WorkflowTaskFailedCause Cause, Reason Reason, Api.Failure.V1.Failure Failure, bool IsAutomatic)
{
    public static TaskFailure Of(Exception error) =>
        new(RunFailures.Cause(error), RunFailures.EvictionReason(error), RunFailures.ToFailure(error), IsAutomatic: true);

    /// <summary>True if the run has to be forgotten; a query that another worker may answer is passed on instead.</summary>
    public bool Evicts(OutstandingTask task) =>
        !(task.IsLegacyQuery && IsAutomatic && Reason is Reason.Unspecified or Reason.PaginationOrHistoryFetch);

    /// <summary>What the server is told; <see langword="null"/> if the workflow itself has to fail.</summary>
    public CompletionOutcome? Decide(OutstandingTask task, bool nondeterminismFailsWorkflow)
    {
        if (!Evicts(task))
        {
            return CompletionOutcome.DropTask.Instance;
        }

        if (task.IsLegacyQuery)
        {
            return new CompletionOutcome.FailQuery(task.Token, Cause, Failure);
        }

        if (task.Attempt > 1)
        {
            // The server has one failure already. Another would bring the task back at once, silence brings it back after a while.
            return CompletionOutcome.DropTask.Instance;
        }

        return Cause is WorkflowTaskFailedCause.NonDeterministicError && nondeterminismFailsWorkflow
            ? null
            : new CompletionOutcome.Fail(task.Token, Cause, Failure);
    }
}
