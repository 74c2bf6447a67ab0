using Temporalio.Api.Failure.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Rpc;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Execution.Updates;

/// <summary>What the callers of updates are told, once it is durable.</summary>
internal static class UpdateWaiters
{
    /// <summary>Updates may have reached a stage: those who waited for it hear of it, and of how far the step has brought them since.</summary>
    public static void Reach(RunStep step)
    {
        foreach (var update in step.Run.Updates.All)
        {
            if (update.Waiters.Count > 0)
            {
                Reach(step, update);
            }
        }
    }

    /// <summary>A worker's answer was refused: what it was asked is not asked again.</summary>
    public static void FailSent(RunStep step)
    {
        foreach (var update in step.Run.Updates.All.ToArray())
        {
            if (update.Status == UpdateStatus.Sent)
            {
                step.Run.Updates.Remove(update);
                Fail(step, update, Faults.NotReady("Unable to perform workflow execution update due to unexpected workflow task failure."));
            }
        }
    }

    private static void Reach(RunStep step, UpdateEntry update)
    {
        for (var i = update.Waiters.Count - 1; i >= 0; i--)
        {
            var waiter = update.Waiters[i];
            if (update.Status >= waiter.Stage)
            {
                update.Waiters.RemoveAt(i);
                Tell(step, waiter, ViewOf(step.Run, update));
            }
        }
    }

    /// <summary>The update has an outcome that is in no history.</summary>
    public static void Answer(RunStep step, UpdateEntry update, Outcome outcome)
    {
        var view = new UpdateView(step.Run.RunId, UpdateStatus.Completed, outcome, update.AcceptedEventId, 0);
        foreach (var waiter in update.Waiters)
        {
            Tell(step, waiter, view);
        }

        update.Waiters.Clear();
    }

    /// <summary>The update will never have an outcome.</summary>
    public static void Fail(RunStep step, UpdateEntry update, RpcFault fault)
    {
        foreach (var waiter in update.Waiters)
        {
            step.Actor.AfterCommit(new Afterwards(_ => waiter.Fail(fault), waiter.Fail));
        }

        update.Waiters.Clear();
    }

    /// <summary>A worker has answered the task without a word about updates that it got: it does not know what they are.</summary>
    public static void RejectUnprocessed(RunStep step)
    {
        foreach (var update in step.Run.Updates.All.ToArray())
        {
            if (update.Status == UpdateStatus.Sent)
            {
                UpdateMessages.Reject(step, update.UpdateId, new Rejection { Failure = s_unprocessed });
            }
        }
    }

    public static UpdateView ViewOf(Run run, UpdateEntry update) => update.Status == UpdateStatus.Accepted && !run.IsOpen
        ? new UpdateView(run.RunId, UpdateStatus.Completed, new Outcome { Failure = s_workflowCompleted }, update.AcceptedEventId, 0)
        : new UpdateView(run.RunId, update.Status, update.Outcome, update.AcceptedEventId, update.CompletedEventId);

    private static readonly Failure s_unprocessed = new()
    {
        Message = "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.",
        Source = "Server",
        ApplicationFailureInfo = new() { Type = "UnprocessedUpdate", NonRetryable = true },
    };

    private static readonly Failure s_workflowCompleted = new()
    {
        Message = "Workflow Update failed because the Workflow completed before the Update completed.",
        Source = "Server",
        ApplicationFailureInfo = new() { Type = "AcceptedUpdateCompletedWorkflow", NonRetryable = true },
    };

    private static void Tell(RunStep step, UpdateWaiter waiter, UpdateView view) =>
        step.Actor.AfterCommit(new Afterwards(_ => waiter.Complete(view), waiter.Fail));
}
