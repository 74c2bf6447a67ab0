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

/// <summary>A run's unconfirmed messages to other executions.</summary>
internal sealed class ExternalTable
{
    private readonly SortedList<long, PendingExternal> _byEvent = [];

    public int Count => _byEvent.Count;

    public IList<PendingExternal> All => _byEvent.Values;

    public PendingExternal? Find(long initiatedEventId) => _byEvent.GetValueOrDefault(initiatedEventId);

    public void Add(PendingExternal external) => _byEvent.Add(external.InitiatedEventId, external);

    public void Remove(PendingExternal external) => _byEvent.Remove(external.InitiatedEventId);

    public void Save(StateWriter writer)
    {
        writer.Number(_byEvent.Count);
        foreach (var external in _byEvent.Values)
        {
            external.Save(writer);
        }
    }

    public void Load(ref StateReader reader)
    {
        for (var i = reader.Integer(); i > 0; i--)
        {
            Add(PendingExternal.Load(ref reader));
        }
    }
}
