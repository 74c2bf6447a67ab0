using Temporalio.Bridge.Api.ActivityTask;
using Temporalio.Bridge.Api.CoreInterface;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCompletion;

namespace Temporalio.Worker.Core;

/// <summary>
/// History in, activations out. The seam speaks the official SDKs' <c>coresdk.*</c> messages, so that their native core can be run
/// beside this one as an oracle. Activations and tasks may be polled and completed concurrently; at most one activation of a run is
/// outstanding.
/// </summary>
internal interface ICoreWorker : IAsyncDisposable
{
    /// <summary>Checks that the namespace exists and learns its capabilities.</summary>
    /// <exception cref="InvalidOperationException">The namespace or the options cannot work; the message says why.</exception>
    Task ValidateAsync(CancellationToken cancellationToken);

    /// <summary>The next activation, or <see langword="null"/> once shutdown has drained every run.</summary>
    /// <exception cref="InvalidOperationException">Polling failed for good.</exception>
    Task<WorkflowActivation?> PollWorkflowActivationAsync();

    Task CompleteWorkflowActivationAsync(WorkflowActivationCompletion completion);

    /// <summary>The next activity start or cancel, remote or local, or <see langword="null"/> once shutdown is complete.</summary>
    Task<ActivityTask?> PollActivityTaskAsync();

    Task CompleteActivityTaskAsync(ActivityTaskCompletion completion);

    /// <summary>Notes a heartbeat; throttled and sent in the background, the last details win.</summary>
    void RecordActivityHeartbeat(ActivityHeartbeat heartbeat);

    /// <summary>Asks for the run's eviction from the cache.</summary>
    void RequestWorkflowEviction(string runId);

    /// <summary>Stops polling. Work in hand goes on until it is completed.</summary>
    void InitiateShutdown();

    /// <summary>Completes when both polls have answered <see langword="null"/> and everything is released.</summary>
    Task FinalizeShutdownAsync();
}
