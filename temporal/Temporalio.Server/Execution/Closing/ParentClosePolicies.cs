using Temporalio.Api.Enums.V1;
using Temporalio.Server.Execution.Children;

namespace Temporalio.Server.Execution.Closing;

/// <summary>What becomes of the children of a run that ends.</summary>
internal static class ParentClosePolicies
{
    /// <summary>Marks the children that the run's end concerns, and tells them once it is durable.</summary>
    public static void Apply(RunStep step)
    {
        foreach (var child in step.Run.Children.All)
        {
            if (child.Status != ChildStatus.Initiated && child.ClosePolicy != ParentClosePolicy.Abandon)
            {
                child.MustClose = true;
                step.Actor.AfterCommit(new Afterwards(engine => Send(engine, step.Run, child)));
            }
        }
    }

    /// <summary>The child's start was confirmed only after the parent's end.</summary>
    public static void ApplyLate(RunStep step, PendingChild child)
    {
        if (child.ClosePolicy == ParentClosePolicy.Abandon)
        {
            step.Actor.AfterCommit(new Afterwards(engine => ChildStart.Confirm(engine, step.Run, child)));
            return;
        }

        child.MustClose = true;
        step.Actor.AfterCommit(new Afterwards(engine => Send(engine, step.Run, child)));
    }

    /// <summary>Does to the child what the policy says; may be repeated.</summary>
    public static void Send(Engine engine, Run parent, PendingChild child)
    {
        var (parentKey, parentRunId, initiatedId, runId, policy) = (parent.Workflow, parent.RunId, child.InitiatedEventId, child.RunId, child.ClosePolicy);
        engine.Actors.Post(child.Workflow, new ActorNotice(actor =>
        {
            // Wherever the child's chain has got to, but not another workflow that has its id by now.
            if (actor.Current is { Run.IsOpen: true } step && step.Run.Info.Start.FirstExecutionRunId == FirstRun(actor, runId))
            {
                Do(step, policy, parentKey.WorkflowId, parentRunId);
            }

            actor.AfterCommit(new Afterwards(e => e.Actors.Post(parentKey, new ActorNotice(p => Done(p, parentRunId, initiatedId)) { RunId = parentRunId })));
        })
        { RunId = runId });
    }

    private static string? FirstRun(ActorStep actor, string runId) => actor.Find(runId)?.Run.Info.Start.FirstExecutionRunId;

    private static void Do(RunStep step, ParentClosePolicy policy, string parentId, string parentRunId)
    {
        if (policy == ParentClosePolicy.RequestCancel)
        {
            step.Run.Info.HeldByParent = false;
            Cancellation.Request(
                step, new() { Identity = "history-service", ExternalWorkflowExecution = new() { WorkflowId = parentId, RunId = parentRunId } }, "");
        }
        else
        {
            RunClose.Terminate(step, "by parent close policy", null, "history-service");
        }
    }

    private static void Done(ActorStep actor, string runId, long initiatedId)
    {
        if (actor.Find(runId) is { } step && step.Run.Children.Find(initiatedId) is { MustClose: true } child)
        {
            child.MustClose = false;
            child.Status = ChildStatus.Started;
            if (!step.Run.OwesWord)
            {
                step.Touch();
            }
        }
    }
}
