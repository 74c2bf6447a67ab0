using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.Children;
using Temporalio.Server.Execution.Closing;
using Temporalio.Server.Execution.Externals;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Schedules;
using Temporalio.Server.Store;
using Temporalio.Server.Timers;

namespace Temporalio.Server.Execution;

/// <summary>Makes anew what lives in memory only when a run is loaded: references in matching, wake-ups, messages that may not have arrived.</summary>
internal static class Recovery
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public static void Resume(RunStep step)
    {
        var run = step.Run;
        if (run.IsOpen)
        {
            step.Engine.PickUps.Return(run.Workflow, run);
            run.NextWake = Deadlines.Next(run);
            if (run.Schedule is not null)
            {
                ScheduleStarts.Resume(step);
            }

            if (Batch.BatchJob.Is(run.Info))
            {
                Batch.BatchRunner.Begin(step);
            }

            if (run.Task.Status == WorkflowTaskStatus.Scheduled)
            {
                WorkflowTasks.Dispatch(step);
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
            Resend(step);
        }
    }

    /// <summary>
    /// A restart takes the task from the worker for whose sake events were buffered. They become history before anything else happens to
    /// the run: nothing may overtake them, and the next worker sees them.
    /// </summary>
    public static void Settle(RunStep step)
    {
        if (step.Run is { IsOpen: true, Buffer.Count: > 0, Task.IsStarted: false } && BufferFlush.Flush(step))
        {
            WorkflowTasks.EnsureScheduled(step);
        }
    }

    /// <summary>
    /// Sees to it that what a run owes another execution is sent again until that one has taken note: a message reaches memory only, and
    /// is lost with the commit or the load that fails there. Sending twice does no harm.
    /// </summary>
    public static void Remind(Engine engine, Run run, DateTimeOffset now)
    {
        if (run.OwesWord && !run.IsReminded)
        {
            run.IsReminded = true;
            engine.Timers.Add(now + s_patience, new Reminder(engine, run.Workflow, run.RunId));
        }
    }

    private static void Resend(RunStep step) =>
        step.Actor.AfterCommit(new Afterwards(engine => engine.InBackground(ResendAsync(engine, step.Run))));

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

    private sealed class Reminder(Engine engine, WorkflowKey workflow, string runId) : ITimerTarget
    {
        public void OnDue() => engine.Actors.Post(workflow, new ActorNotice(actor =>
        {
            if (actor.Find(runId) is { } step)
            {
                step.Run.IsReminded = false;
                if (step.Run.OwesWord)
                {
                    Resend(step);
                }
            }
        })
        { RunId = runId });
    }
}
