using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Frontend;

/// <summary>What a start leaves with the run that it found instead of starting its own.</summary>
internal static class ConflictOptions
{
    public static void Apply(RunStep step, StartWorkflowExecutionRequest request)
    {
    }
}
