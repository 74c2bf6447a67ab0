using Temporalio.Api.History.V1;

namespace Temporalio.Server.Simulation.Load;

/// <summary>Events that end what an earlier event began.</summary>
internal static class Endings
{
    /// <summary>The event that began what this one ends; 0 if it ends nothing.</summary>
    public static long Of(HistoryEvent e) => OfActivity(e) is > 0 and var activity ? activity : OfChild(e) is > 0 and var child ? child : OfExternal(e);

    public static long OfActivity(HistoryEvent e) =>
        e.ActivityTaskCompletedEventAttributes?.ScheduledEventId ?? e.ActivityTaskFailedEventAttributes?.ScheduledEventId ??
        e.ActivityTaskTimedOutEventAttributes?.ScheduledEventId ?? e.ActivityTaskCanceledEventAttributes?.ScheduledEventId ?? 0;

    public static long OfChild(HistoryEvent e) =>
        e.ChildWorkflowExecutionCompletedEventAttributes?.InitiatedEventId ?? e.ChildWorkflowExecutionFailedEventAttributes?.InitiatedEventId ??
        e.ChildWorkflowExecutionCanceledEventAttributes?.InitiatedEventId ?? e.ChildWorkflowExecutionTerminatedEventAttributes?.InitiatedEventId ??
        e.ChildWorkflowExecutionTimedOutEventAttributes?.InitiatedEventId ?? e.StartChildWorkflowExecutionFailedEventAttributes?.InitiatedEventId ?? 0;

    public static long OfExternal(HistoryEvent e) =>
        e.ExternalWorkflowExecutionSignaledEventAttributes?.InitiatedEventId ?? e.SignalExternalWorkflowExecutionFailedEventAttributes?.InitiatedEventId ??
        e.ExternalWorkflowExecutionCancelRequestedEventAttributes?.InitiatedEventId ?? e.RequestCancelExternalWorkflowExecutionFailedEventAttributes?.InitiatedEventId ?? 0;
}
