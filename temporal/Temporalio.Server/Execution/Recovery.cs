using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.Children;
using Temporalio.Server.Execution.Closing;
using Temporalio.Server.Execution.Externals;
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

        if (run.OwesWord)
        {
            step.Actor.AfterCommit(new Afterwards(engine => engine.InBackground(ResendAsync(engine, run))));
        }
    }

    private static async Task ResendAsync(Engine engine, Run run)
    {
        if (run.Info.MustTellParent)
        {
            await ParentNotice.ResendAsync(engine, run);
        }

        foreach (var external in run.Externals.All.ToArray())
        {
            await ExternalDelivery.ResendAsync(engine, run, external);
        }

        foreach (var child in run.Children.All.ToArray())
        {
            if (child.MustClose)
            {
                ParentClosePolicies.Send(engine, run, child);
            }
            else if (child.Status == ChildStatus.Initiated)
            {
                await ChildStart.ResendAsync(engine, run, child);
            }
            else if (child.Status == ChildStatus.Confirming)
            {
                ChildStart.Confirm(engine, run, child);
            }
        }
    }
}
