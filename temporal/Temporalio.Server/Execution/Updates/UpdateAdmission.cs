using Temporalio.Api.Update.V1;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Execution.Updates;

/// <summary>Takes an update in, or finds the one that is there already.</summary>
internal static class UpdateAdmission
{
    private const int MaxInFlight = 10;
    private const int MaxTotal = 2000;
    private const int FailingAttempt = 3;

    /// <summary>The update as it stands, or a wait for it to reach the stage.</summary>
    /// <exception cref="Temporalio.Rpc.RpcFault">The run is closed, its tasks fail, or it has too many updates.</exception>
    public static (UpdateView? View, UpdateWaiter? Waiter) Admit(RunStep step, Request request, UpdateStatus stage)
    {
        var run = step.Run;
        if (run.Updates.Find(request.Meta.UpdateId) is { } known)
        {
            return Watch(run, known, stage);
        }

        CheckAdmissible(run, request.Meta.UpdateId);
        var update = new UpdateEntry { UpdateId = request.Meta.UpdateId, Request = request };
        run.Updates.Add(update);
        if (run.Info.AwaitsFirstTask)
        {
            run.Info.AwaitsFirstTask = false;
            WorkflowTasks.EnsureScheduled(step);
        }
        else if (!run.Task.IsPending && !run.Info.HeldByParent)
        {
            WorkflowTasks.Schedule(step, speculative: true);
        }

        return Watch(run, update, stage);
    }

    /// <summary>Whether the run takes an update of this id, or has it.</summary>
    /// <exception cref="Temporalio.Rpc.RpcFault">The run is closed, its tasks fail, or it has too many updates.</exception>
    public static void CheckAdmissible(Run run, string updateId)
    {
        if (run.Updates.Find(updateId) is not null)
        {
            return;
        }

        if (!run.IsOpen)
        {
            throw Faults.AlreadyCompleted();
        }

        if (run.Task is { IsStarted: true, Closing: true })
        {
            throw Faults.Busy("workflow operation can not be applied because workflow is closing");
        }

        if (run.Task.Attempt >= FailingAttempt)
        {
            throw Faults.NotReady("Unable to perform workflow execution update due to Workflow Task in failed state.");
        }

        CheckLimits(run);
    }

    /// <summary>The update as it stands, or a wait for it to reach the stage.</summary>
    public static (UpdateView? View, UpdateWaiter? Waiter) Watch(Run run, UpdateEntry update, UpdateStatus stage)
    {
        var view = UpdateWaiters.ViewOf(run, update);
        if (view.Status >= stage)
        {
            return (view, null);
        }

        var waiter = new UpdateWaiter(stage);
        update.Waiters.Add(waiter);
        return (null, waiter);
    }

    private static void CheckLimits(Run run)
    {
        var inFlight = 0;
        foreach (var update in run.Updates.All)
        {
            inFlight += update.Status < UpdateStatus.Completed ? 1 : 0;
        }

        if (inFlight >= MaxInFlight)
        {
            throw Faults.ConcurrentLimit("limit on number of concurrent in-flight updates has been reached");
        }

        if (run.Updates.Count >= MaxTotal)
        {
            throw new Rpc.RpcFault(Rpc.RpcStatusCode.FailedPrecondition, "limit on the total number of distinct updates in this workflow has been reached");
        }
    }
}
