using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Worker.Core.History;

/// <summary>What a worker has to know of an event's type.</summary>
internal static class HistoryEventKinds
{
    /// <summary>Written because of a command of the workflow.</summary>
    public static bool IsCommandEvent(this HistoryEvent historyEvent) => historyEvent.EventType is
        EventType.ActivityTaskScheduled or EventType.ActivityTaskCancelRequested or EventType.MarkerRecorded
        or EventType.RequestCancelExternalWorkflowExecutionInitiated or EventType.SignalExternalWorkflowExecutionInitiated
        or EventType.StartChildWorkflowExecutionInitiated or EventType.TimerCanceled or EventType.TimerStarted
        or EventType.UpsertWorkflowSearchAttributes or EventType.WorkflowPropertiesModified
        or EventType.NexusOperationScheduled or EventType.NexusOperationCancelRequested
        or EventType.WorkflowExecutionCanceled or EventType.WorkflowExecutionCompleted
        or EventType.WorkflowExecutionContinuedAsNew or EventType.WorkflowExecutionFailed
        or EventType.WorkflowExecutionUpdateAccepted or EventType.WorkflowExecutionUpdateRejected
        or EventType.WorkflowExecutionUpdateCompleted;

    public static bool ClosesWorkflow(this HistoryEvent historyEvent) => historyEvent.EventType is
        EventType.WorkflowExecutionCompleted or EventType.WorkflowExecutionCanceled or EventType.WorkflowExecutionFailed
        or EventType.WorkflowExecutionTimedOut or EventType.WorkflowExecutionContinuedAsNew or EventType.WorkflowExecutionTerminated;

    /// <summary>Tells the worker nothing, by its nature or because the server says that it may be skipped by one who does not know it.</summary>
    public static bool IsIgnorable(this HistoryEvent historyEvent) => historyEvent.WorkerMayIgnore && historyEvent.EventType is
        EventType.WorkflowExecutionOptionsUpdated or EventType.WorkflowExecutionPaused
        or EventType.WorkflowExecutionUnpaused or EventType.WorkflowExecutionTimeSkippingTransitioned;

    /// <summary>The event that began what this one continues, or 0.</summary>
    public static long InitiatingEventId(this HistoryEvent e) => e.EventType switch
    {
        EventType.ActivityTaskStarted => e.ActivityTaskStartedEventAttributes.ScheduledEventId,
        EventType.ActivityTaskCompleted => e.ActivityTaskCompletedEventAttributes.ScheduledEventId,
        EventType.ActivityTaskFailed => e.ActivityTaskFailedEventAttributes.ScheduledEventId,
        EventType.ActivityTaskTimedOut => e.ActivityTaskTimedOutEventAttributes.ScheduledEventId,
        EventType.ActivityTaskCanceled => e.ActivityTaskCanceledEventAttributes.ScheduledEventId,
        EventType.TimerFired => e.TimerFiredEventAttributes.StartedEventId,
        EventType.WorkflowTaskStarted => e.WorkflowTaskStartedEventAttributes.ScheduledEventId,
        EventType.WorkflowTaskCompleted => e.WorkflowTaskCompletedEventAttributes.ScheduledEventId,
        EventType.WorkflowTaskTimedOut => e.WorkflowTaskTimedOutEventAttributes.ScheduledEventId,
        EventType.WorkflowTaskFailed => e.WorkflowTaskFailedEventAttributes.ScheduledEventId,
        EventType.StartChildWorkflowExecutionFailed => e.StartChildWorkflowExecutionFailedEventAttributes.InitiatedEventId,
        EventType.ChildWorkflowExecutionStarted => e.ChildWorkflowExecutionStartedEventAttributes.InitiatedEventId,
        EventType.ChildWorkflowExecutionCompleted => e.ChildWorkflowExecutionCompletedEventAttributes.InitiatedEventId,
        EventType.ChildWorkflowExecutionFailed => e.ChildWorkflowExecutionFailedEventAttributes.InitiatedEventId,
        EventType.ChildWorkflowExecutionTimedOut => e.ChildWorkflowExecutionTimedOutEventAttributes.InitiatedEventId,
        EventType.ChildWorkflowExecutionCanceled => e.ChildWorkflowExecutionCanceledEventAttributes.InitiatedEventId,
        EventType.ChildWorkflowExecutionTerminated => e.ChildWorkflowExecutionTerminatedEventAttributes.InitiatedEventId,
        EventType.RequestCancelExternalWorkflowExecutionFailed => e.RequestCancelExternalWorkflowExecutionFailedEventAttributes.InitiatedEventId,
        EventType.ExternalWorkflowExecutionCancelRequested => e.ExternalWorkflowExecutionCancelRequestedEventAttributes.InitiatedEventId,
        EventType.SignalExternalWorkflowExecutionFailed => e.SignalExternalWorkflowExecutionFailedEventAttributes.InitiatedEventId,
        EventType.ExternalWorkflowExecutionSignaled => e.ExternalWorkflowExecutionSignaledEventAttributes.InitiatedEventId,
        _ => 0,
    };
}
