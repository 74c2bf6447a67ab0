using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Machines;

internal sealed class SignalExternalMachine(RunMachines run, uint seq) : Machine(run)
{
    internal static readonly TransitionTable<SignalExternalMachine, State, Trigger> Table = new(
        "SignalExternal",
        (State.CommandCreated, Trigger.CommandPrepared, State.CommandCreated, null),
        (State.CommandCreated, Trigger.Initiated, State.CommandRecorded, null),
        (State.CommandCreated, Trigger.Cancel, State.Cancelled, m => m.ResolveWithdrawn()),
        (State.CommandRecorded, Trigger.Cancel, State.CommandRecorded, null),
        (State.CommandRecorded, Trigger.Signaled, State.Signaled, m => m.Resolve(null)),
        (State.CommandRecorded, Trigger.Failed, State.Failed, m => m.ResolveFailed()),
        (State.Cancelled, Trigger.Cancel, State.Cancelled, null),
        (State.Signaled, Trigger.Cancel, State.Signaled, null),
        (State.Failed, Trigger.Cancel, State.Failed, null));

    private State _state;
    private HistoryEvent? _event;

    internal enum State
    {
        CommandCreated,
        CommandRecorded,
        Cancelled,
        Signaled,
        Failed,
    }

    internal enum Trigger
    {
        CommandPrepared,
        Initiated,
        Signaled,
        Failed,
        Cancel,
    }

    public override string Name => "Signal external WF machine";

    public override bool IsFinal => _state >= State.Cancelled;

    // Cancelled can only be entered from CommandCreated.
    public override bool CancelledBeforeSent => _state is State.Cancelled;

#pragma warning disable CS0612 // The namespace field is deprecated but is how the target's namespace is told.
    public static Command SignalCommand(SignalExternalWorkflowExecution signal, string ownNamespace)
    {
        var toChild = signal.TargetCase switch
        {
            SignalExternalWorkflowExecution.TargetOneofCase.ChildWorkflowId => true,
            SignalExternalWorkflowExecution.TargetOneofCase.WorkflowExecution => false,
            _ => throw new FatalRunException("Signal external workflow command had empty target field"),
        };
        var attributes = new SignalExternalWorkflowExecutionCommandAttributes
        {
            Namespace = toChild ? ownNamespace : signal.WorkflowExecution.Namespace,
            Execution = toChild
                ? new() { WorkflowId = signal.ChildWorkflowId }
                : new() { WorkflowId = signal.WorkflowExecution.WorkflowId, RunId = signal.WorkflowExecution.RunId },
            SignalName = signal.SignalName,
            ChildWorkflowOnly = toChild,
            Input = CommandParts.Payloads(signal.Args),
        };
        if (signal.Headers.Count > 0)
        {
            attributes.Header = CommandParts.Header(signal.Headers);
        }

        return new()
        {
            CommandType = CommandType.SignalExternalWorkflowExecution,
            SignalExternalWorkflowExecutionCommandAttributes = attributes,
        };
    }
#pragma warning restore CS0612

    public void Cancel() => Table.Fire(this, ref _state, Trigger.Cancel);

    public override void CommandPrepared() => Table.Fire(this, ref _state, Trigger.CommandPrepared);

    public override void Apply(HistoryEvent historyEvent)
    {
        _event = historyEvent;
        Table.Fire(this, ref _state, historyEvent.EventType switch
        {
            EventType.SignalExternalWorkflowExecutionInitiated => Trigger.Initiated,
            EventType.ExternalWorkflowExecutionSignaled => Trigger.Signaled,
            EventType.SignalExternalWorkflowExecutionFailed => Trigger.Failed,
            _ => throw DoesNotHandle(historyEvent),
        });
        _event = null;
    }

    private void ResolveFailed()
    {
        var cause = _event!.SignalExternalWorkflowExecutionFailedEventAttributes.Cause;
        var reason = cause switch
        {
            SignalExternalWorkflowExecutionFailedCause.Unspecified => "unknown",
            SignalExternalWorkflowExecutionFailedCause.SignalCountLimitExceeded => "The per-workflow signal limit was exceeded",
            _ => "it was not found",
        };
        Resolve(new()
        {
            Message = $"Unable to signal external workflow because {reason}",
            ApplicationFailureInfo = new() { Type = cause.ToString() },
        });
    }

    private void ResolveWithdrawn() => Resolve(new()
    {
        Message = "Signal was cancelled before being sent",
        CanceledFailureInfo = new(),
    });

    private void Resolve(Api.Failure.V1.Failure? failure) =>
        Run.AddJob(this, new() { ResolveSignalExternalWorkflow = new() { Seq = seq, Failure = failure } });
}
