using Temporalio.Worker.Core.LocalActivities;

namespace Temporalio.Worker.Core.Runs;

/// <summary>What one run has to do with the worker's local activities: asking for them, hearing of them, and keeping its task for them.</summary>
internal sealed class RunLocalActivities(RunMachines run, ILocalActivities worker, LocalActivityWait wait)
{
    /// <summary>How long the workflow task has been kept open for them, and may be.</summary>
    public LocalActivityWait Wait => wait;

    /// <summary>Has started and cancelled what the workflow asked for since the last time.</summary>
    public void Submit()
    {
        var requests = run.LocalActivities.TakeRequests();
        if (requests.IsNone)
        {
            return;
        }

        foreach (var resolved in worker.Submit(run, requests))
        {
            Resolve(resolved);
        }
    }

    public void Resolve(LocalActivityResolved resolved)
    {
        run.Index.FindLocalActivity(resolved.Seq)?.Resolve(resolved.Result, resolved.Runtime);
        run.LocalActivities.Done(resolved.Seq);
    }

    /// <summary>
    /// Whether the workflow task may be answered now. It is kept while any local activity runs, unless its time-out is near or an
    /// answer has to go out; then another must be asked for with it.
    /// </summary>
    public bool ReleasesTask(OutstandingTask task, bool heartbeatDue, bool isAutomatic, bool hasAnswers, out bool forceNewTask)
    {
        if (run.LocalActivities.Outstanding == 0)
        {
            forceNewTask = isAutomatic && wait.IsWaiting;
            wait.Stop();
            return true;
        }

        if (heartbeatDue || hasAnswers)
        {
            // With an answer goes the task on which a local activity's result could be told, so it must be renewed.
            forceNewTask = true;
            wait.Suspend(heartbeatDue);
            return true;
        }

        forceNewTask = false;
        wait.Start(run.RunId, task.ReceivedAt, run.Start?.TaskTimeout);
        return false;
    }

    public void TaskCompleted() => worker.TaskCompleted(run.RunId);

    public void CancelAll() => worker.CancelAllIn(run.RunId);

    /// <summary>The run is gone: whatever comes of them is dropped.</summary>
    public void Abandon()
    {
        wait.Stop();
        worker.Invalidate(run.RunId);
    }
}
