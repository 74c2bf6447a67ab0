using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Bridge.Api.Common;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Machines;

internal sealed class CancelExternalMachine(RunMachines run, uint seq) : Machine(run)
{
    internal static readonly TransitionTable<CancelExternalMachine, State, Trigger> Table = new(
        "CancelExternal",
        (State.CommandCreated, Trigger.CommandPrepared, State.CommandCreated, null),
        (State.CommandCreated, Trigger.Initiated, State.CommandRecorded, null),
        (State.CommandRecorded, Trigger.CancelRequested, State.CancelRequested, m => m.Resolve(null)),
        (State.CommandRecorded, Trigger.Failed, State.Failed, m => m.ResolveFailed()));

    private State _state;
    private HistoryEvent? _event;

    internal enum State
    {
        CommandCreated,
        CommandRecorded,
        CancelRequested,
        Failed,
    }

    internal enum Trigger
    {
        CommandPrepared,
        Initiated,
        CancelRequested,
        Failed,
    }

    public override string Name => "Cancel external WF machine";

    public override bool IsFinal => _state >= State.CancelRequested;

#pragma warning disable CS0612 // The namespace field is deprecated but is how the target's namespace is told.
    public static Command RequestCommand(NamespacedWorkflowExecution target, bool childOnly, string reason) => new()
    {
        CommandType = CommandType.RequestCancelExternalWorkflowExecution,
        RequestCancelExternalWorkflowExecutionCommandAttributes = new()
        {
            Namespace = target.Namespace,
            WorkflowId = target.WorkflowId,
            RunId = target.RunId,
            ChildWorkflowOnly = childOnly,
            Reason = reason,
        },
    };
#pragma warning restore CS0612

    public override void CommandPrepared() => Table.Fire(this, ref _state, Trigger.CommandPrepared);

    public override void Apply(HistoryEvent historyEvent)
    {
        _event = historyEvent;
        Table.Fire(this, ref _state, historyEvent.EventType switch
        {
            EventType.RequestCancelExternalWorkflowExecutionInitiated => Trigger.Initiated,
            EventType.ExternalWorkflowExecutionCancelRequested => Trigger.CancelRequested,
            EventType.RequestCancelExternalWorkflowExecutionFailed => Trigger.Failed,
            _ => throw DoesNotHandle(historyEvent),
        });
        _event = null;
    }

    private void ResolveFailed()
    {
        var cause = _event!.RequestCancelExternalWorkflowExecutionFailedEventAttributes.Cause;
        var reason = cause is CancelExternalWorkflowExecutionFailedCause.Unspecified ? "unknown" : "not found";
        Resolve(new()
        {
            Message = $"Unable to cancel external workflow because {reason}",
            ApplicationFailureInfo = new() { Type = cause.ToString() },
        });
    }

    private void Resolve(Api.Failure.V1.Failure? failure) =>
        Run.AddJob(this, new() { ResolveRequestCancelExternalWorkflow = new() { Seq = seq, Failure = failure } });
}
