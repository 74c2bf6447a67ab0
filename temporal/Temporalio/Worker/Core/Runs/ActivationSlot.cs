using Temporalio.Bridge.Api.WorkflowActivation;

namespace Temporalio.Worker.Core.Runs;

/// <summary>The one activation that may be out for a run.</summary>
internal sealed class ActivationSlot(string runId)
{
    private OutstandingActivation _out;

    public bool IsTaken => _out is not OutstandingActivation.None;

    public bool IsAutomatic => _out is OutstandingActivation.Automatic;

    public bool IsEviction => _out is OutstandingActivation.Eviction;

    /// <summary>Takes the slot for what the run wants next, if it wants something.</summary>
    /// <exception cref="InvalidOperationException">The slot is taken.</exception>
    public RunAct? Take(RunAct? act)
    {
        if (act is null)
        {
            return null;
        }

        if (IsTaken)
        {
            throw new InvalidOperationException($"Run {runId} was to get an activation while one is outstanding");
        }

        _out = act switch
        {
            RunAct.Activate { Activation.Jobs: [{ VariantCase: WorkflowActivationJob.VariantOneofCase.RemoveFromCache }] } => OutstandingActivation.Eviction,
            RunAct.Activate => OutstandingActivation.Normal,
            _ => OutstandingActivation.Automatic,
        };
        return act;
    }

    /// <summary>The activation is over; answers whether it was the eviction.</summary>
    public bool Free()
    {
        var evicted = IsEviction;
        _out = OutstandingActivation.None;
        return evicted;
    }
}
