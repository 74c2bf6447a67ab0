using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Tests.Core.Oracle;

namespace Temporalio.Tests.Worker.Golden;

/// <summary>
/// Runs a recorded workflow again: starts it as it was started, and sends what came from outside when the history has grown to the place
/// where it stands in the recorded one.
/// </summary>
internal sealed class Reenactment(ITemporalClient client, Recording recording, string taskQueue)
{
    private const string Namespace = "default";

    private readonly IReadOnlyList<HistoryEvent> _recorded = recording.History.Events;
    private readonly Queue<(int After, Func<Task> Act)> _outside = new();
    private readonly List<EventType> _types = [];
    private string _runId = "";

    /// <summary>The types of the events so far.</summary>
    public string Events => string.Join('\n', _types);

    /// <summary>Starts the workflow, and does what happened before a worker had its first task.</summary>
    public async Task BeginAsync()
    {
        await StartAsync();
        foreach (var act in Outside())
        {
            _outside.Enqueue(act);
        }

        await ActAsync(_recorded.TakeWhile(e => e.EventType is not EventType.WorkflowTaskStarted).Count() - 1);
    }

    /// <summary>Goes on until there are as many events as were recorded, or the workflow is closed.</summary>
    public async Task RunAsync()
    {
        var handle = client.GetWorkflowHandle(recording.WorkflowId, _runId);
        await foreach (var e in handle.FetchHistoryEventsAsync(new() { WaitNewEvent = true }))
        {
            _types.Add(e.EventType);
            await ActAsync(_types.Count);
            if (_types.Count == _recorded.Count)
            {
                break;
            }
        }
    }

    private async Task ActAsync(int events)
    {
        while (_outside.TryPeek(out var next) && next.After <= events)
        {
            _outside.Dequeue();
            await next.Act();
        }
    }

    private async Task StartAsync()
    {
        var started = _recorded[0].WorkflowExecutionStartedEventAttributes;
        var response = await client.WorkflowService.StartWorkflowExecutionAsync(new()
        {
            Namespace = Namespace,
            WorkflowId = recording.WorkflowId,
            WorkflowType = started.WorkflowType.Clone(),
            TaskQueue = new() { Name = taskQueue },
            Input = started.Input?.Clone(),
            Header = started.Header?.Clone(),
            Memo = started.Memo?.Clone(),
            SearchAttributes = started.SearchAttributes?.Clone(),
            RetryPolicy = started.RetryPolicy?.Clone(),
            WorkflowExecutionTimeout = started.WorkflowExecutionTimeout,
            WorkflowRunTimeout = started.WorkflowRunTimeout,
            WorkflowTaskTimeout = started.WorkflowTaskTimeout,
            RequestId = Guid.NewGuid().ToString(),
        });
        _runId = response.RunId;
    }

    private IEnumerable<(int After, Func<Task> Act)> Outside()
    {
        for (var i = 0; i < _recorded.Count; i++)
        {
            var e = _recorded[i];
            switch (e.EventType)
            {
                case EventType.WorkflowExecutionSignaled:
                    yield return (i, () => SignalAsync(e.WorkflowExecutionSignaledEventAttributes));
                    break;
                case EventType.WorkflowExecutionCancelRequested:
                    yield return (i, () => client.WorkflowService.RequestCancelWorkflowExecutionAsync(
                        new() { Namespace = Namespace, WorkflowExecution = Execution, RequestId = Guid.NewGuid().ToString() }));
                    break;
                case EventType.WorkflowExecutionTerminated:
                    yield return (i, () => client.WorkflowService.TerminateWorkflowExecutionAsync(
                        new() { Namespace = Namespace, WorkflowExecution = Execution }));
                    break;
                case EventType.WorkflowExecutionUpdateAccepted:
                    // Its task is there only because of it.
                    yield return (i - 3, () => BeginUpdate(e.WorkflowExecutionUpdateAcceptedEventAttributes));
                    break;
            }
        }
    }

    private Api.Common.V1.WorkflowExecution Execution => new() { WorkflowId = recording.WorkflowId, RunId = _runId };

    private Task SignalAsync(WorkflowExecutionSignaledEventAttributes signal) => client.WorkflowService.SignalWorkflowExecutionAsync(new()
    {
        Namespace = Namespace,
        WorkflowExecution = Execution,
        SignalName = signal.SignalName,
        Input = signal.Input?.Clone(),
        Header = signal.Header?.Clone(),
        RequestId = Guid.NewGuid().ToString(),
    });

    // Not awaited: the answer comes with the events that the caller waits for.
    private Task BeginUpdate(WorkflowExecutionUpdateAcceptedEventAttributes accepted)
    {
        var request = new UpdateWorkflowExecutionRequest
        {
            Namespace = Namespace,
            WorkflowExecution = Execution,
            WaitPolicy = new() { LifecycleStage = UpdateWorkflowExecutionLifecycleStage.Accepted },
            Request = accepted.AcceptedRequest.Clone(),
        };
        _ = client.WorkflowService.UpdateWorkflowExecutionAsync(request);
        return Task.CompletedTask;
    }
}
