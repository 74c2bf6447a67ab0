using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.Tasks;

namespace Temporalio.Server.Execution.Timers;

/// <summary>Fires what is due, all of it for one workflow task.</summary>
internal static class TimerFiring
{
    public static void Process(RunStep step)
    {
        if (step.Run.Timers.Due(step.Now) is not { } due)
        {
            return;
        }

        foreach (var timer in due)
        {
            step.Run.Timers.Remove(timer);
            step.Record(new HistoryEvent
            {
                EventType = EventType.TimerFired,
                TimerFiredEventAttributes = new() { TimerId = timer.TimerId, StartedEventId = timer.StartedEventId },
            });
        }

        WorkflowTasks.EnsureScheduled(step);
    }
}
