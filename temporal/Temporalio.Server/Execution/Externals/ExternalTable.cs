using Google.Protobuf;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution.Externals;

internal enum ExternalKind
{
    Signal,
    Cancel,
}

/// <summary>
/// A signal to, or a cancellation of, another execution that has not been confirmed. The record is the outbox: it is sent again after
/// a crash, and the target knows it by its request id.
/// </summary>
internal sealed class PendingExternal
{
    public required long InitiatedEventId { get; init; }

    public required ExternalKind Kind { get; init; }

    public required WorkflowKey Target { get; init; }

    public required string NamespaceId { get; init; }

    public required string TargetRunId { get; init; }

    public required string RequestId { get; init; }

    public required bool ChildWorkflowOnly { get; init; }

    /// <summary>What is sent; <see langword="null"/> after a reload, when history has it.</summary>
    public IMessage? Initiated { get; set; }

    public SignalExternalWorkflowExecutionInitiatedEventAttributes? Signal => Initiated as SignalExternalWorkflowExecutionInitiatedEventAttributes;

    /// <summary>The message that the event asks for.</summary>
    public static PendingExternal Of(HistoryEvent e, NamespaceEntry target, string requestId)
    {
        var signal = e.SignalExternalWorkflowExecutionInitiatedEventAttributes;
        var cancel = e.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes;
        var execution = signal?.WorkflowExecution ?? cancel.WorkflowExecution;
        return new PendingExternal
        {
            InitiatedEventId = e.EventId,
            Kind = signal is not null ? ExternalKind.Signal : ExternalKind.Cancel,
            Target = new WorkflowKey(target.Name, execution.WorkflowId),
            NamespaceId = target.Id,
            TargetRunId = execution.RunId,
            RequestId = requestId,
            ChildWorkflowOnly = signal?.ChildWorkflowOnly ?? cancel.ChildWorkflowOnly,
            Initiated = signal is not null ? signal : cancel,
        };
    }

    public void Save(StateWriter writer)
    {
        writer.Number(InitiatedEventId);
        writer.Number((int)Kind);
        writer.Text(Target.Namespace);
        writer.Text(Target.WorkflowId);
        writer.Text(NamespaceId);
        writer.Text(TargetRunId);
        writer.Text(RequestId);
        writer.Flag(ChildWorkflowOnly);
    }

    public static PendingExternal Load(ref StateReader reader) => new()
    {
        InitiatedEventId = reader.Number(),
        Kind = (ExternalKind)reader.Integer(),
        Target = new WorkflowKey(reader.RequiredText(), reader.RequiredText()),
        NamespaceId = reader.RequiredText(),
        TargetRunId = reader.RequiredText(),
        RequestId = reader.RequiredText(),
        ChildWorkflowOnly = reader.Flag(),
    };
}

/// <summary>A run's unconfirmed messages to other executions, by the id of their Initiated event.</summary>
internal sealed class ExternalTable : PendingTable<PendingExternal>
{
    protected override long EventOf(PendingExternal item) => item.InitiatedEventId;

    protected override void Save(PendingExternal item, StateWriter writer) => item.Save(writer);

    protected override PendingExternal LoadItem(ref StateReader reader) => PendingExternal.Load(ref reader);
}
