using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Server.Execution.Tasks;

/// <summary>A worker that does not answer, or a sticky queue that nobody polls any more.</summary>
internal static class WorkflowTaskTimeouts
{
    public static DateTimeOffset? Next(Run run) => run.Task.Status switch
    {
        WorkflowTaskStatus.Started => run.Task.StartedTime + run.Task.StartToClose,
        WorkflowTaskStatus.Scheduled => run.Task.ScheduleToStartDeadline,
        _ => null,
    };

    public static void Process(RunStep step)
    {
        var task = step.Run.Task;
        if (Next(step.Run) is not { } due || due > step.Now)
        {
            return;
        }

        if (task.IsStarted)
        {
            WorkflowTaskFailure.TimeOut(step);
        }
        else
        {
            ScheduleToStart(step);
        }
    }

    // Not the workflow's fault: the attempt stays what it was, only the queue changes.
    private static void ScheduleToStart(RunStep step)
    {
        var task = step.Run.Task;
        WorkflowTasks.Write(step);
        step.Append(new HistoryEvent
        {
            EventType = EventType.WorkflowTaskTimedOut,
            WorkflowTaskTimedOutEventAttributes = new() { ScheduledEventId = task.ScheduledEventId, TimeoutType = TimeoutType.ScheduleToStart },
        });
        WorkflowTasks.ClearSticky(step);
        task.Fire(WorkflowTaskTrigger.Drop);
        WorkflowTasks.Schedule(step, speculative: false);
    }
}
