using Reason = Temporalio.Bridge.Api.WorkflowActivation.RemoveFromCache.Types.EvictionReason;

namespace Temporalio.Worker.Core.Runs;

internal sealed record EvictionRequest(string Message, Reason Reason)
{
    /// <summary>Cached data went bad, so pending queries must not be answered from it.</summary>
    public bool IsBecauseOfFailure => Reason is not (Reason.CacheFull or Reason.WorkflowExecutionEnding);
}
