using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.Tasks;

namespace Temporalio.Server.Execution;

/// <summary>Makes anew what lives in memory only when a run is loaded: references in matching, wake-ups, messages that may not have arrived.</summary>
internal static class Recovery
{
    public static void Resume(RunStep step)
    {
        var run = step.Run;
        if (run.IsOpen)
        {
            run.NextWake = Deadlines.Next(run);
            if (run.Task.Status == WorkflowTaskStatus.Scheduled)
            {
                step.Actor.WorkflowTasks.Add(WorkflowTasks.Reference(run));
            }

            foreach (var activity in run.Activities.All)
            {
                if (activity.Status == ActivityStatus.Scheduled)
                {
                    ActivityLifecycle.Dispatch(step, activity);
                }
            }
        }
    }
}
