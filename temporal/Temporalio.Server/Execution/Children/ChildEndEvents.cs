using System.Diagnostics;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Server.Execution.Children;

/// <summary>The last event of a child's last run as its parent's.</summary>
internal static class ChildEndEvents
{
    public static HistoryEvent Of(PendingChild child, string runId, HistoryEvent closing, WorkflowType type)
    {
        var execution = new WorkflowExecution { WorkflowId = child.Workflow.WorkflowId, RunId = runId };
        var (ns, nsId, initiated, started) = (child.Workflow.Namespace, child.NamespaceId, child.InitiatedEventId, child.StartedEventId);
        return closing.EventType switch
        {
            EventType.WorkflowExecutionCompleted => new HistoryEvent
            {
                EventType = EventType.ChildWorkflowExecutionCompleted,
                ChildWorkflowExecutionCompletedEventAttributes = new()
                {
                    Result = closing.WorkflowExecutionCompletedEventAttributes.Result, Namespace = ns, NamespaceId = nsId,
                    WorkflowExecution = execution, WorkflowType = type, InitiatedEventId = initiated, StartedEventId = started,
                },
            },
            EventType.WorkflowExecutionFailed => new HistoryEvent
            {
                EventType = EventType.ChildWorkflowExecutionFailed,
                ChildWorkflowExecutionFailedEventAttributes = new()
                {
                    Failure = closing.WorkflowExecutionFailedEventAttributes.Failure, Namespace = ns, NamespaceId = nsId,
                    WorkflowExecution = execution, WorkflowType = type, InitiatedEventId = initiated, StartedEventId = started,
                    RetryState = closing.WorkflowExecutionFailedEventAttributes.RetryState,
                },
            },
            EventType.WorkflowExecutionCanceled => new HistoryEvent
            {
                EventType = EventType.ChildWorkflowExecutionCanceled,
                ChildWorkflowExecutionCanceledEventAttributes = new()
                {
                    Details = closing.WorkflowExecutionCanceledEventAttributes.Details, Namespace = ns, NamespaceId = nsId,
                    WorkflowExecution = execution, WorkflowType = type, InitiatedEventId = initiated, StartedEventId = started,
                },
            },
            EventType.WorkflowExecutionTimedOut => new HistoryEvent
            {
                EventType = EventType.ChildWorkflowExecutionTimedOut,
                ChildWorkflowExecutionTimedOutEventAttributes = new()
                {
                    Namespace = ns, NamespaceId = nsId, WorkflowExecution = execution, WorkflowType = type, InitiatedEventId = initiated, StartedEventId = started,
                    RetryState = closing.WorkflowExecutionTimedOutEventAttributes.RetryState,
                },
            },
            EventType.WorkflowExecutionTerminated => new HistoryEvent
            {
                EventType = EventType.ChildWorkflowExecutionTerminated,
                ChildWorkflowExecutionTerminatedEventAttributes = new()
                {
                    Namespace = ns, NamespaceId = nsId, WorkflowExecution = execution, WorkflowType = type, InitiatedEventId = initiated, StartedEventId = started,
                },
            },
            _ => throw new UnreachableException($"{closing.EventType} ends no chain of runs."),
        };
    }
}
