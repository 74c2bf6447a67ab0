using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.Closing;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Execution.Timers;
using Temporalio.Server.Schedules;

namespace Temporalio.Server.Execution;

/// <summary>Everything of a run that time alone moves.</summary>
internal static class Deadlines
{
    /// <summary>Lets happen what is due in the actor's current run, and finds out when to look again.</summary>
    public static void Process(ActorStep actor)
    {
        if (actor.Current is not { } step)
        {
            return;
        }

        var run = step.Run;
        if (run.NextWake is { } wake && wake > actor.Now)
        {
            return;
        }

        if (run.IsOpen)
        {
            ProcessOpen(step);
        }

        run.NextWake = run.IsOpen ? Next(run) : null;
    }

    /// <summary>The run's earliest deadline.</summary>
    public static DateTimeOffset? Next(Run run)
    {
        DateTimeOffset? next = null;
        Consider(run.Info.RunExpiration);
        Consider(run.Info.ExecutionExpiration);
        if (run.Info.AwaitsFirstTask)
        {
            Consider(run.Info.ExecutionTime);
        }

        Consider(run.Schedule?.WakeAt);
        Consider(WorkflowTaskTimeouts.Next(run));
        foreach (var timer in run.Timers.All)
        {
            Consider(timer.Due);
        }

        foreach (var activity in run.Activities.All)
        {
            Consider(ActivityDeadlines.Next(activity));
        }

        return next;

        void Consider(DateTimeOffset? due)
        {
            if (due is { } d && (next is not { } n || d < n))
            {
                next = d;
            }
        }
    }

    private static void ProcessOpen(RunStep step)
    {
        var run = step.Run;
        if (run.Schedule is not null)
        {
            ScheduleRunner.Process(step);
            return;
        }

        if (run.Info.ExecutionExpiration <= step.Now || run.Info.RunExpiration <= step.Now)
        {
            RunTimeout.TimeOut(step);
            return;
        }

        if (run.Info.AwaitsFirstTask && run.Info.ExecutionTime <= step.Now)
        {
            run.Info.AwaitsFirstTask = false;
            WorkflowTasks.EnsureScheduled(step);
        }

        WorkflowTaskTimeouts.Process(step);
        TimerFiring.Process(step);
        if (run.Activities.Count > 0)
        {
            foreach (var activity in run.Activities.All.ToArray())
            {
                ActivityDeadlines.Process(step, activity);
            }
        }
    }
}
