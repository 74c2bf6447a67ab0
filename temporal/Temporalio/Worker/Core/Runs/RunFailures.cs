using Temporalio.Api.Enums.V1;
using Temporalio.Worker.Core.Machines;
using Reason = Temporalio.Bridge.Api.WorkflowActivation.RemoveFromCache.Types.EvictionReason;

namespace Temporalio.Worker.Core.Runs;

/// <summary>How an error in a run's machines appears to the server and to the workflow's side.</summary>
internal static class RunFailures
{
    public static Api.Failure.V1.Failure ToFailure(Exception error) => Application(Text(error), nonRetryable: false);

    public static Api.Failure.V1.Failure Application(string message, bool nonRetryable) =>
        new() { Message = message, ApplicationFailureInfo = new() { NonRetryable = nonRetryable } };

    public static Reason EvictionReason(Exception error) => error is NondeterminismException ? Reason.Nondeterminism : Reason.Fatal;

    public static WorkflowTaskFailedCause Cause(Exception error) => error is NondeterminismException
        ? WorkflowTaskFailedCause.NonDeterministicError
        : WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure;

    private static string Text(Exception error) => error is NondeterminismException
        ? $"[TMPRL1100] Nondeterminism error: {error.Message}"
        : $"Fatal error in workflow machines: {error.Message}";
}
