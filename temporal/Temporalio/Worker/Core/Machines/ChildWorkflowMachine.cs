using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Bridge.Api.ChildWorkflow;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Runs;
using StartFailedCause = Temporalio.Bridge.Api.ChildWorkflow.StartChildWorkflowExecutionFailedCause;

namespace Temporalio.Worker.Core.Machines;

internal sealed class ChildWorkflowMachine(RunMachines run, StartChildWorkflowExecution command) : Machine(run)
{
    // Cancel means "resolve when the child does", CancelNow "the workflow is told at once" (TRY_CANCEL, ABANDON); after the latter the
    // child's own end must be taken without a word.
    internal static readonly TransitionTable<ChildWorkflowMachine, State, Trigger> Table = new(
        "ChildWorkflow",
        (State.StartCommandCreated, Trigger.CommandPrepared, State.StartCommandCreated, null),
        (State.StartCommandCreated, Trigger.Initiated, State.StartEventRecorded, null),
        (State.StartCommandCreated, Trigger.Cancel, State.StartWithdrawn, m => m.ResolveWithdrawn()),
        (State.StartCommandCreated, Trigger.CancelNow, State.StartWithdrawn, m => m.ResolveWithdrawn()),
        (State.StartEventRecorded, Trigger.Started, State.Started, m => m.ResolveStarted()),
        (State.StartEventRecorded, Trigger.StartFailed, State.StartFailed, m => m.ResolveStartFailed()),
        (State.StartEventRecorded, Trigger.Cancel, State.StartEventRecorded, m => m.IssueCancel()),
        (State.StartEventRecorded, Trigger.CancelNow, State.ResolvedEarly, m => m.CancelAndResolve()),
        (State.Started, Trigger.Completed, State.Completed, m => m.ResolveCompleted()),
        (State.Started, Trigger.Failed, State.Failed, m => m.ResolveFailed()),
        (State.Started, Trigger.TimedOut, State.TimedOut, m => m.ResolveTimedOut()),
        (State.Started, Trigger.Canceled, State.Cancelled, m => m.ResolveCancelled()),
        (State.Started, Trigger.Terminated, State.Terminated, m => m.ResolveTerminated()),
        (State.Started, Trigger.Cancel, State.Started, m => m.IssueCancel()),
        (State.Started, Trigger.CancelNow, State.ResolvedEarly, m => m.CancelAndResolve()),
        (State.ResolvedEarly, Trigger.Started, State.ResolvedEarly, null),
        (State.ResolvedEarly, Trigger.StartFailed, State.StartFailed, null),
        (State.ResolvedEarly, Trigger.Completed, State.Completed, null),
        (State.ResolvedEarly, Trigger.Failed, State.Failed, null),
        (State.ResolvedEarly, Trigger.TimedOut, State.TimedOut, null),
        (State.ResolvedEarly, Trigger.Canceled, State.Cancelled, null),
        (State.ResolvedEarly, Trigger.Terminated, State.Terminated, null));

    private readonly uint _seq = command.Seq;
    private readonly string _namespace = command.Namespace;
    private readonly string _workflowId = command.WorkflowId;
    private readonly string _type = command.WorkflowType;
    private readonly ChildWorkflowCancellationType _cancellation = command.CancellationType;
    private State _state;
    private string _runId = string.Empty;
    private long _initiatedId;
    private long _startedId;
    private HistoryEvent? _event;
    private string _reason = string.Empty;
    private WorkflowCommand? _cancelCommand;

    internal enum State
    {
        StartCommandCreated,
        StartEventRecorded,
        Started,
        ResolvedEarly,
        StartWithdrawn,
        StartFailed,
        Completed,
        Failed,
        TimedOut,
        Cancelled,
        Terminated,
    }

    internal enum Trigger
    {
        CommandPrepared,
        Initiated,
        Started,
        StartFailed,
        Completed,
        Failed,
        TimedOut,
        Canceled,
        Terminated,
        Cancel,
        CancelNow,
    }

    public override string Name => "Child workflow machine";

    public override bool IsFinal => _state >= State.ResolvedEarly;

    public override bool IsSettled => _state > State.ResolvedEarly;

    public override bool CancelledBeforeSent => _state is State.StartWithdrawn;

    public void Cancel(string reason, WorkflowCommand cancelCommand)
    {
        if (IsFinal)
        {
            return;
        }

        _reason = reason;
        _cancelCommand = cancelCommand;
        Fire(_cancellation is ChildWorkflowCancellationType.Abandon or ChildWorkflowCancellationType.TryCancel ? Trigger.CancelNow : Trigger.Cancel);
    }

    public override void CommandPrepared() => Fire(Trigger.CommandPrepared);

    public override void Apply(HistoryEvent historyEvent)
    {
        _event = historyEvent;
        switch (historyEvent.EventType)
        {
            case EventType.StartChildWorkflowExecutionInitiated:
                CheckInitiated(historyEvent.StartChildWorkflowExecutionInitiatedEventAttributes);
                _initiatedId = historyEvent.EventId;
                Fire(Trigger.Initiated);
                break;
            case EventType.StartChildWorkflowExecutionFailed:
                Fire(Trigger.StartFailed);
                break;
            case EventType.ChildWorkflowExecutionStarted:
                _startedId = historyEvent.EventId;
                _runId = historyEvent.ChildWorkflowExecutionStartedEventAttributes.WorkflowExecution.RunId;
                Fire(Trigger.Started);
                break;
            case EventType.ChildWorkflowExecutionCompleted:
                Fire(Trigger.Completed);
                break;
            case EventType.ChildWorkflowExecutionFailed:
                Fire(Trigger.Failed);
                break;
            case EventType.ChildWorkflowExecutionTimedOut:
                Fire(Trigger.TimedOut);
                break;
            case EventType.ChildWorkflowExecutionCanceled:
                Fire(Trigger.Canceled);
                break;
            case EventType.ChildWorkflowExecutionTerminated:
                Fire(Trigger.Terminated);
                break;
            default:
                throw DoesNotHandle(historyEvent);
        }

        _event = null;
    }

    private void CheckInitiated(StartChildWorkflowExecutionInitiatedEventAttributes recorded)
    {
        if (!Run.ChecksIdsAndTypes(record: Run.TaskIsLastInHistory))
        {
            return;
        }

        if (recorded.WorkflowId != _workflowId)
        {
            throw new NondeterminismException(
                $"Child workflow id of scheduled event '{recorded.WorkflowId}' does not match child workflow id of command '{_workflowId}'");
        }

        if (recorded.WorkflowType?.Name != _type)
        {
            throw new NondeterminismException(
                $"Child workflow type of scheduled event '{recorded.WorkflowType?.Name}' does not match child workflow type of command '{_type}'");
        }
    }

    private void ResolveWithdrawn() => Run.AddJob(this, new()
    {
        ResolveChildWorkflowExecutionStart = new()
        {
            Seq = _seq,
            Cancelled = new()
            {
                Failure = Failure(
                    $"Child Workflow Execution cancelled before scheduled: {_reason}",
                    RetryState.NonRetryableFailure,
                    new() { CanceledFailureInfo = new() }),
            },
        },
    });

    private void ResolveStarted() => Run.AddJob(this, new()
    {
        ResolveChildWorkflowExecutionStart = new() { Seq = _seq, Succeeded = new() { RunId = _runId } },
    });

    private void ResolveStartFailed() => Run.AddJob(this, new()
    {
        ResolveChildWorkflowExecutionStart = new()
        {
            Seq = _seq,
            Failed = new()
            {
                WorkflowId = _workflowId,
                WorkflowType = _type,
                Cause = _event!.StartChildWorkflowExecutionFailedEventAttributes.Cause
                    is Api.Enums.V1.StartChildWorkflowExecutionFailedCause.WorkflowAlreadyExists
                    ? StartFailedCause.WorkflowAlreadyExists
                    : StartFailedCause.Unspecified,
            },
        },
    });

    private void IssueCancel()
    {
        if (_cancellation is not ChildWorkflowCancellationType.Abandon)
        {
            Run.AddInternalCommand(
                new CancelExternalMachine(Run, seq: 0) { IsInternal = true },
                CancelExternalMachine.RequestCommand(
                    new() { Namespace = _namespace, WorkflowId = _workflowId, RunId = _runId },
                    childOnly: true,
                    _reason),
                _cancelCommand);
        }
    }

    private void CancelAndResolve()
    {
        IssueCancel();
        ResolveCancelled();
    }

    private void ResolveCompleted()
    {
        var result = _event!.ChildWorkflowExecutionCompletedEventAttributes.Result;
        Resolve(new() { Completed = new() { Result = result is { Payloads_.Count: > 0 } ? result.Payloads_[0] : null } });
    }

    private void ResolveFailed()
    {
        var attributes = _event!.ChildWorkflowExecutionFailedEventAttributes;
        ResolveFailure(Failure("Child Workflow execution failed", attributes.RetryState, attributes.Failure));
    }

    private void ResolveTimedOut() => ResolveFailure(Failure(
        "Child Workflow execution timed out",
        _event!.ChildWorkflowExecutionTimedOutEventAttributes.RetryState,
        new() { Message = "Timed out", TimeoutFailureInfo = new() { TimeoutType = TimeoutType.StartToClose } }));

    private void ResolveTerminated() => ResolveFailure(Failure(
        "Child Workflow execution terminated",
        RetryState.NonRetryableFailure,
        new() { Message = "Terminated", TerminatedFailureInfo = new() }));

    private void ResolveCancelled() => Resolve(new()
    {
        Cancelled = new()
        {
            Failure = Failure("Child Workflow execution cancelled", RetryState.NonRetryableFailure, new() { CanceledFailureInfo = new() }),
        },
    });

    private Api.Failure.V1.Failure Failure(string message, RetryState retryState, Api.Failure.V1.Failure? cause) => new()
    {
        Message = message,
        Cause = cause,
        ChildWorkflowExecutionFailureInfo = new ChildWorkflowExecutionFailureInfo
        {
            Namespace = _namespace,
            WorkflowType = new() { Name = _type },
            WorkflowExecution = new() { WorkflowId = _workflowId, RunId = _runId },
            InitiatedEventId = _initiatedId,
            StartedEventId = _startedId,
            RetryState = retryState,
        },
    };

    private void ResolveFailure(Api.Failure.V1.Failure failure) => Resolve(new() { Failed = new() { Failure_ = failure } });

    private void Resolve(ChildWorkflowResult result) =>
        Run.AddJob(this, new() { ResolveChildWorkflowExecution = new() { Seq = _seq, Result = result } });

    private void Fire(Trigger trigger) => Table.Fire(this, ref _state, trigger);
}
