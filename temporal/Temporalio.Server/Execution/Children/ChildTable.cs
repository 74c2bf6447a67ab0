using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution.Children;

internal enum ChildStatus
{
    /// <summary>Its start has to be asked for, and asked again after a crash: this record is the only outbox.</summary>
    Initiated,

    /// <summary>Recorded as started; its first task still has to be released.</summary>
    Confirming,

    /// <summary>Runs; will tell of its end.</summary>
    Started,
}

/// <summary>A child workflow between its Initiated event and its end.</summary>
internal sealed class PendingChild
{
    public required long InitiatedEventId { get; init; }

    public required WorkflowKey Workflow { get; init; }

    public required string NamespaceId { get; init; }

    public required string Type { get; init; }

    public required ParentClosePolicy ClosePolicy { get; init; }

    /// <summary>Makes the start of the child the same one however often it is asked for.</summary>
    public required string RequestId { get; init; }

    public ChildStatus Status { get; set; }

    public string RunId { get; set; } = "";

    public long StartedEventId { get; set; }

    /// <summary>True from the parent's end until its close policy has reached the child.</summary>
    public bool MustClose { get; set; }

    /// <summary>What the child is started with; <see langword="null"/> after a reload, when history has it.</summary>
    public StartChildWorkflowExecutionInitiatedEventAttributes? Initiated { get; set; }

    /// <summary>The child that the event asks for.</summary>
    public static PendingChild Of(HistoryEvent e, string parentRunId)
    {
        var initiated = e.StartChildWorkflowExecutionInitiatedEventAttributes;
        return new PendingChild
        {
            InitiatedEventId = e.EventId,
            Workflow = new WorkflowKey(initiated.Namespace, initiated.WorkflowId),
            NamespaceId = initiated.NamespaceId,
            Type = initiated.WorkflowType.Name,
            ClosePolicy = initiated.ParentClosePolicy,
            RequestId = $"{parentRunId}:{e.EventId}:0",
            Initiated = initiated,
        };
    }

    public void Save(StateWriter writer)
    {
        writer.Number(InitiatedEventId);
        writer.Text(Workflow.Namespace);
        writer.Text(Workflow.WorkflowId);
        writer.Text(NamespaceId);
        writer.Text(Type);
        writer.Number((int)ClosePolicy);
        writer.Text(RequestId);
        writer.Number((int)Status);
        writer.Text(RunId);
        writer.Number(StartedEventId);
        writer.Flag(MustClose);
    }

    public static PendingChild Load(ref StateReader reader) => new()
    {
        InitiatedEventId = reader.Number(),
        Workflow = new WorkflowKey(reader.RequiredText(), reader.RequiredText()),
        NamespaceId = reader.RequiredText(),
        Type = reader.RequiredText(),
        ClosePolicy = (ParentClosePolicy)reader.Integer(),
        RequestId = reader.RequiredText(),
        Status = (ChildStatus)reader.Integer(),
        RunId = reader.RequiredText(),
        StartedEventId = reader.Number(),
        MustClose = reader.Flag(),
    };
}

/// <summary>A run's children, by the id of their Initiated event.</summary>
internal sealed class ChildTable : PendingTable<PendingChild>
{
    public bool AnyToSend => Any(static c => c.Status != ChildStatus.Started);

    public bool AnyToClose => Any(static c => c.MustClose);

    protected override long EventOf(PendingChild item) => item.InitiatedEventId;

    protected override void Save(PendingChild item, StateWriter writer) => item.Save(writer);

    protected override PendingChild LoadItem(ref StateReader reader) => PendingChild.Load(ref reader);
}
