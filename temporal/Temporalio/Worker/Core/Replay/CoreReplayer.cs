using System.Threading.Channels;
using Temporalio.Bridge.Api.ActivityTask;
using Temporalio.Bridge.Api.CoreInterface;
using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Bridge.Api.WorkflowCompletion;
using Temporalio.Worker.Core.LocalActivities;
using Temporalio.Worker.Core.Polling;
using Temporalio.Worker.Core.Runs;
using Reason = Temporalio.Bridge.Api.WorkflowActivation.RemoveFromCache.Types.EvictionReason;

namespace Temporalio.Worker.Core.Replay;

/// <summary>
/// A core without a server: it replays the histories it is given, one after the other, and evicts each when it is through. How a replay
/// went stands in the eviction: <c>NONDETERMINISM</c> or <c>FATAL</c> with the reason, <c>LANG_FAIL</c>, or <c>LANG_REQUESTED</c> if all
/// was well. Ends when shut down and everything given has been replayed.
/// </summary>
internal sealed class CoreReplayer : ICoreWorker
{
    private readonly Queue<WorkflowTask> _histories = new();
    private readonly Lock _gate = new();
    private readonly RunActor _runs;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Unbounded, but there is one run at a time.
    private readonly Channel<WorkflowActivation> _activations = Channel.CreateUnbounded<WorkflowActivation>();

    private string? _replaying;
    private bool _shutDown;

    public CoreReplayer(CoreWorkerOptions options, CoreHost host)
    {
        var stream = new RunStream(
            RunContexts.Of(options, host, new CoreCapabilities()),
            new CacheLimits(1),
            NoLocalActivities.Instance,
            _ => { },
            evictsAfterReplay: true);
        _runs = new(stream, CarryOut, EndFor);
    }

    /// <summary>Queues a history.</summary>
    /// <exception cref="ArgumentException">That is no history of a workflow.</exception>
    public void PushHistory(string workflowId, Api.History.V1.History history)
    {
        var task = ReplayTask.Of(workflowId, history);
        lock (_gate)
        {
            _histories.Enqueue(task);
        }

        ReplayNext(finished: null);
    }

    public Task ValidateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<WorkflowActivation?> PollWorkflowActivationAsync()
    {
        while (await _activations.Reader.WaitToReadAsync())
        {
            if (_activations.Reader.TryRead(out var activation))
            {
                return activation;
            }
        }

        return null;
    }

    public Task CompleteWorkflowActivationAsync(WorkflowActivationCompletion completion)
    {
        var ticket = new ActivationTicket(isAutomatic: false);
        _runs.Post(new RunInput.Completed(completion, ticket));
        return ticket.Reported;
    }

    public async Task<ActivityTask?> PollActivityTaskAsync()
    {
        await _drained.Task;
        return null;
    }

    public Task CompleteActivityTaskAsync(ActivityTaskCompletion completion) => Task.CompletedTask;

    public void RecordActivityHeartbeat(ActivityHeartbeat heartbeat)
    {
    }

    public void RequestWorkflowEviction(string runId) =>
        _runs.Post(new RunInput.Evict(runId, new("Eviction explicitly requested by lang", Reason.LangRequested)));

    public void InitiateShutdown()
    {
        lock (_gate)
        {
            _shutDown = true;
        }

        ReplayNext(finished: null);
    }

    public Task FinalizeShutdownAsync()
    {
        InitiateShutdown();
        return _drained.Task;
    }

    public async ValueTask DisposeAsync() => await FinalizeShutdownAsync();

    // An error of the core's own: whoever waits for the replay hears of it instead of waiting for good.
    private void EndFor(Exception error)
    {
        _activations.Writer.TryComplete(error);
        _drained.TrySetResult();
    }

    private void CarryOut(RunOutput output)
    {
        switch (output)
        {
            case RunOutput.Activate activate:
                _activations.Writer.TryWrite(activate.Activation);
                break;
            case RunOutput.Report report:
                _runs.Post(new RunInput.Reported(report.Run.RunId, report.Ticket, TaskReport.Reported()));
                break;
            case RunOutput.Evicted evicted:
                ReplayNext(finished: evicted.RunId);
                break;
            case RunOutput.Drained:
                _activations.Writer.TryComplete();
                _drained.TrySetResult();
                break;
            default:
                throw new InvalidOperationException($"A replay has no server to do {output.GetType().Name} with");
        }
    }

    private void ReplayNext(string? finished)
    {
        RunInput? next = null;
        lock (_gate)
        {
            if (_replaying is not null && _replaying != finished)
            {
                return;
            }

            _replaying = null;
            if (_histories.TryDequeue(out var task))
            {
                _replaying = task.RunId;
                next = new RunInput.NewTask(task);
            }
            else if (_shutDown)
            {
                next = new RunInput.PollingEnded();
            }
        }

        if (next is not null)
        {
            _runs.Post(next);
        }
    }
}
