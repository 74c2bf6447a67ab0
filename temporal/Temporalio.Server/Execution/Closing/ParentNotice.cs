using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.Children;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution.Closing;

/// <summary>Tells the parent that its child's chain has ended. The child remembers that it must until the parent has taken note.</summary>
internal static class ParentNotice
{
    /// <summary>Tells the parent once the end is durable. A run without a parent tells nobody.</summary>
    public static void Send(RunStep step, HistoryEvent closing)
    {
        if (step.Run.Info.Start.ParentWorkflowExecution is null)
        {
            return;
        }

        step.Run.Info.MustTellParent = true;
        step.Actor.AfterCommit(new Afterwards(engine => Tell(engine, step.Run, closing)));
    }

    /// <summary>Tells it again, after a restart: how the run ended is in its history.</summary>
    public static async Task ResendAsync(Engine engine, Run child)
    {
        var e = await HistoryReader.ReadEventAsync(engine, child.Workflow, child.RunId, child.Log.NextEventId - 1, CancellationToken.None);
        Tell(engine, child, e);
    }

    private static void Tell(Engine engine, Run child, HistoryEvent closing)
    {
        var start = child.Info.Start;
        var parent = new WorkflowKey(start.ParentWorkflowNamespace, start.ParentWorkflowExecution.WorkflowId);
        var parentRunId = start.ParentWorkflowExecution.RunId;
        var (workflow, runId, firstRunId, initiatedId, type) = (child.Workflow, child.RunId, start.FirstExecutionRunId, start.ParentInitiatedEventId, start.WorkflowType);
        engine.Actors.Post(parent, new ActorNotice(actor =>
        {
            // A parent that was reset goes on in another run, which has taken the child over.
            if (OpenParent(actor, parentRunId) is { } step && step.Run.Children.Find(initiatedId) is { } pending && pending.Workflow == workflow)
            {
                Record(step, pending, closing, firstRunId, runId, type);
            }

            actor.AfterCommit(new Afterwards(e => e.Actors.Post(workflow, new ActorNotice(c => Told(c, runId)) { RunId = runId })));
        })
        { RunId = parentRunId });
    }

    private static RunStep? OpenParent(ActorStep actor, string runId) =>
        actor.Find(runId) is { Run.Info: { Open: false, ResetRunId.Length: > 0 } } ? actor.Current : actor.Find(runId);

    private static void Record(RunStep step, PendingChild child, HistoryEvent closing, string firstRunId, string runId, Api.Common.V1.WorkflowType type)
    {
        if (!step.Run.IsOpen)
        {
            return;
        }

        step.Run.Children.Remove(child);
        step.Touch();

        if (child.Status == ChildStatus.Initiated)
        {
            // It ended before its start was recorded: the workflow still sees one after the other.
            child.RunId = firstRunId;
            var started = step.Record(new HistoryEvent
            {
                EventType = EventType.ChildWorkflowExecutionStarted,
                ChildWorkflowExecutionStartedEventAttributes = new()
                {
                    Namespace = child.Workflow.Namespace,
                    NamespaceId = child.NamespaceId,
                    InitiatedEventId = child.InitiatedEventId,
                    WorkflowExecution = new() { WorkflowId = child.Workflow.WorkflowId, RunId = firstRunId },
                    WorkflowType = type,
                },
            });
            child.StartedEventId = started.EventId == 0 ? BufferFlush.Buffered : started.EventId;
        }

        step.Record(ChildEndEvents.Of(child, runId, closing, type));
        WorkflowTasks.EnsureScheduled(step);
    }

    private static void Told(ActorStep actor, string runId)
    {
        if (actor.Find(runId) is { Run.Info.MustTellParent: true } step)
        {
            step.Run.Info.MustTellParent = false;
            step.Touch();
        }
    }
}
