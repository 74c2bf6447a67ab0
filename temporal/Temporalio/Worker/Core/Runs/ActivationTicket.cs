using Temporalio.Bridge.Api.WorkflowCompletion;

namespace Temporalio.Worker.Core.Runs;

/// <summary>A completion on its way through a run.</summary>
internal sealed class ActivationTicket(bool isAutomatic)
{
    private readonly TaskCompletionSource _reported = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completed by the core itself, because there was nothing for the workflow to do.</summary>
    public bool IsAutomatic => isAutomatic;

    public Success? Completion { get; set; }

    /// <summary>The workflow is to fail for its nondeterminism; that is sent though it replays.</summary>
    public bool IsForcedFailure { get; set; }

    /// <summary>Set once it is decided.</summary>
    public CompletionOutcome? Outcome { get; set; }

    /// <summary>Done when the server has been told, if it had to be.</summary>
    public Task Reported => _reported.Task;

    public void MarkReported() => _reported.TrySetResult();
}
