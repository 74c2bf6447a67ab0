using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Server.Execution.Externals;

/// <summary>What the sender's history says of a message to another execution: that it arrived, or that there was nobody to take it.</summary>
internal static class ExternalEvents
{
    public static HistoryEvent Of(PendingExternal external, bool delivered) => (external.Kind, delivered) switch
    {
        (ExternalKind.Signal, true) => Signaled(external),
        (ExternalKind.Signal, false) => SignalFailed(external),
        (_, true) => CancelRequested(external),
        (_, false) => CancelFailed(external),
    };

    private static HistoryEvent Signaled(PendingExternal external) => new()
    {
        EventType = EventType.ExternalWorkflowExecutionSignaled,
        ExternalWorkflowExecutionSignaledEventAttributes = new()
        {
            InitiatedEventId = external.InitiatedEventId,
            Namespace = external.Target.Namespace,
            NamespaceId = external.NamespaceId,
            WorkflowExecution = Target(external),
            Control = external.Signal?.Control ?? "",
        },
    };

    private static HistoryEvent SignalFailed(PendingExternal external) => new()
    {
        EventType = EventType.SignalExternalWorkflowExecutionFailed,
        SignalExternalWorkflowExecutionFailedEventAttributes = new()
        {
            Cause = SignalExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound,
            Namespace = external.Target.Namespace,
            NamespaceId = external.NamespaceId,
            WorkflowExecution = Target(external),
            InitiatedEventId = external.InitiatedEventId,
            Control = external.Signal?.Control ?? "",
        },
    };

    private static HistoryEvent CancelRequested(PendingExternal external) => new()
    {
        EventType = EventType.ExternalWorkflowExecutionCancelRequested,
        ExternalWorkflowExecutionCancelRequestedEventAttributes = new()
        {
            InitiatedEventId = external.InitiatedEventId,
            Namespace = external.Target.Namespace,
            NamespaceId = external.NamespaceId,
            WorkflowExecution = Target(external),
        },
    };

    private static HistoryEvent CancelFailed(PendingExternal external) => new()
    {
        EventType = EventType.RequestCancelExternalWorkflowExecutionFailed,
        RequestCancelExternalWorkflowExecutionFailedEventAttributes = new()
        {
            Cause = CancelExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound,
            Namespace = external.Target.Namespace,
            NamespaceId = external.NamespaceId,
            WorkflowExecution = Target(external),
            InitiatedEventId = external.InitiatedEventId,
        },
    };

    private static Api.Common.V1.WorkflowExecution Target(PendingExternal external) => new() { WorkflowId = external.Target.WorkflowId, RunId = external.TargetRunId };
}
