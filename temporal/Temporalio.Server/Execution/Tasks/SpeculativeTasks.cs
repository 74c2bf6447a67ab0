using Temporalio.Api.WorkflowService.V1;

namespace Temporalio.Server.Execution.Tasks;

/// <summary>A speculative task that changed nothing leaves no trace.</summary>
internal static class SpeculativeTasks
{
    /// <summary>Drops the task if its updates were all rejected and the worker has nothing else to say.</summary>
    public static CompletionResult? TryDiscard(RunStep step, RespondWorkflowTaskCompletedRequest request) => null;
}
