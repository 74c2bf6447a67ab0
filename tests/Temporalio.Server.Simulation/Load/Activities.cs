using Temporalio.Api.History.V1;

namespace Temporalio.Server.Simulation.Load;

/// <summary>How histories tell of activities.</summary>
internal static class Activities
{
    /// <summary>The Scheduled event of the activity that this event ends; 0 if it ends none.</summary>
    public static long ClosedBy(HistoryEvent e) =>
        e.ActivityTaskCompletedEventAttributes?.ScheduledEventId ?? e.ActivityTaskFailedEventAttributes?.ScheduledEventId ??
        e.ActivityTaskTimedOutEventAttributes?.ScheduledEventId ?? e.ActivityTaskCanceledEventAttributes?.ScheduledEventId ?? 0;
}
