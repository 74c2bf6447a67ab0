using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Frontend;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution.Children;

/// <summary>
/// The start of a child, in four messages: the parent asks, the child is there but held, the parent records it, the child runs. So the
/// parent has its Started event before the child can end, and each message may be repeated after a crash.
/// </summary>
internal static class ChildStart
{
    /// <summary>Asks for the start once the command is durable.</summary>
    public static void Send(RunStep parent, PendingChild child, UserMetadata? metadata) =>
        parent.Actor.AfterCommit(new Afterwards(engine => Ask(engine, parent.Run, child, child.Initiated!, metadata)));

    /// <summary>Asks again, after a restart: what to start is in the history.</summary>
    public static async Task ResendAsync(Engine engine, Run parent, PendingChild child)
    {
        var e = await HistoryReader.ReadEventAsync(engine, parent.Workflow, parent.RunId, child.InitiatedEventId, CancellationToken.None);
        Ask(engine, parent, child, e.StartChildWorkflowExecutionInitiatedEventAttributes, e.UserMetadata);
    }

    /// <summary>Lets a child run whose start the parent has recorded.</summary>
    public static void Confirm(Engine engine, Run parent, PendingChild child)
    {
        var (initiatedId, runId) = (child.InitiatedEventId, child.RunId);
        engine.Actors.Post(child.Workflow, new ActorNotice(actor =>
        {
            if (actor.Find(runId) is { Run.Info.HeldByParent: true } step)
            {
                step.Run.Info.HeldByParent = false;
                step.Touch();
                WorkflowTasks.EnsureScheduled(step);
            }

            actor.AfterCommit(new Afterwards(e => e.Actors.Post(parent.Workflow, new ActorNotice(p => Confirmed(p, parent.RunId, initiatedId)) { RunId = parent.RunId })));
        })
        { RunId = runId });
    }

    private static void Ask(Engine engine, Run parent, PendingChild child, StartChildWorkflowExecutionInitiatedEventAttributes initiated, UserMetadata? metadata)
    {
        var request = new Request(parent.Workflow, parent.RunId, Root(parent), parent.Info.Start.Priority, child.InitiatedEventId, child.RequestId, initiated, metadata);
        // A parent that has ended wants no child any more, but one that it had asked for before may be there, and waits for its word.
        var wanted = parent.IsOpen;
        engine.Actors.Post(child.Workflow, new ActorNotice(actor => Begin(actor, request, wanted)));
    }

    // At the child.
    private static void Begin(ActorStep actor, Request request, bool wanted)
    {
        if (actor.Current is { } current)
        {
            if (current.Run.Info.RequestId == request.RequestId)
            {
                Answer(actor, request, current.Run.RunId);
                return;
            }

            wanted &= !current.Run.IsOpen && StartPolicies.AllowsReuse(request.Initiated.WorkflowIdReusePolicy, current.Run.Info.Status);
        }

        if (!wanted)
        {
            Refuse(actor, request);
            return;
        }

        var a = request.Initiated;
        var backoff = FirstBackoff.Of(a.CronSchedule, TimeSpan.Zero, actor.Now);
        var step = NewRun.Create(actor, new RunSeed
        {
            RequestId = request.RequestId,
            UserMetadata = request.Metadata,
            HeldByParent = true,
            Backoff = backoff,
            Start = new WorkflowExecutionStartedEventAttributes
            {
                WorkflowType = a.WorkflowType,
                ParentWorkflowNamespace = request.Parent.Namespace,
                ParentWorkflowNamespaceId = actor.Engine.Namespaces.Require(request.Parent.Namespace).Id,
                ParentWorkflowExecution = new() { WorkflowId = request.Parent.WorkflowId, RunId = request.ParentRunId },
                ParentInitiatedEventId = request.InitiatedEventId,
                RootWorkflowExecution = request.Root,
                TaskQueue = a.TaskQueue,
                Input = a.Input,
                WorkflowExecutionTimeout = a.WorkflowExecutionTimeout,
                WorkflowRunTimeout = a.WorkflowRunTimeout,
                WorkflowTaskTimeout = a.WorkflowTaskTimeout,
                RetryPolicy = a.RetryPolicy,
                CronSchedule = a.CronSchedule,
                Initiator = a.CronSchedule.Length > 0 ? ContinueAsNewInitiator.CronSchedule : ContinueAsNewInitiator.Unspecified,
                FirstWorkflowTaskBackoff = backoff.ToProto(),
                Memo = a.Memo,
                SearchAttributes = a.SearchAttributes,
                Header = a.Header,
                Priority = a.Priority ?? request.ParentPriority,
            },
        });
        Answer(actor, request, step.Run.RunId);
    }

    private static void Answer(ActorStep actor, Request request, string runId) =>
        actor.Send(request.Parent, new ActorNotice(parent => Started(parent, request, runId)) { RunId = request.ParentRunId });

    private static void Refuse(ActorStep actor, Request request) =>
        actor.Send(request.Parent, new ActorNotice(parent => Failed(parent, request)) { RunId = request.ParentRunId });

    // At the parent.
    private static void Started(ActorStep actor, Request request, string runId)
    {
        if (actor.Find(request.ParentRunId) is not { } step || step.Run.Children.Find(request.InitiatedEventId) is not { } child)
        {
            return;
        }

        if (child.Status == ChildStatus.Initiated)
        {
            child.RunId = runId;
            child.Status = ChildStatus.Confirming;
            step.Touch();
            if (!step.Run.IsOpen)
            {
                Closing.ParentClosePolicies.ApplyLate(step, child);
                return;
            }

            var e = step.Record(new HistoryEvent
            {
                EventType = EventType.ChildWorkflowExecutionStarted,
                ChildWorkflowExecutionStartedEventAttributes = new()
                {
                    Namespace = child.Workflow.Namespace,
                    NamespaceId = child.NamespaceId,
                    InitiatedEventId = child.InitiatedEventId,
                    WorkflowExecution = new() { WorkflowId = child.Workflow.WorkflowId, RunId = runId },
                    WorkflowType = request.Initiated.WorkflowType,
                    Header = request.Initiated.Header,
                },
            });
            child.StartedEventId = e.EventId == 0 ? BufferFlush.Buffered : e.EventId;
            child.Initiated = null;
            WorkflowTasks.EnsureScheduled(step);
        }

        if (child.Status == ChildStatus.Confirming)
        {
            actor.AfterCommit(new Afterwards(engine => Confirm(engine, step.Run, child)));
        }
    }

    private static void Failed(ActorStep actor, Request request)
    {
        if (actor.Find(request.ParentRunId) is not { } step || step.Run.Children.Find(request.InitiatedEventId) is not { Status: ChildStatus.Initiated } child)
        {
            return;
        }

        step.Run.Children.Remove(child);
        step.Touch();
        if (!step.Run.IsOpen)
        {
            return;
        }

        step.Record(new HistoryEvent
        {
            EventType = EventType.StartChildWorkflowExecutionFailed,
            StartChildWorkflowExecutionFailedEventAttributes = new()
            {
                Namespace = child.Workflow.Namespace,
                NamespaceId = child.NamespaceId,
                WorkflowId = child.Workflow.WorkflowId,
                WorkflowType = request.Initiated.WorkflowType,
                Cause = StartChildWorkflowExecutionFailedCause.WorkflowAlreadyExists,
                Control = request.Initiated.Control,
                InitiatedEventId = child.InitiatedEventId,
            },
        });
        WorkflowTasks.EnsureScheduled(step);
    }

    private static void Confirmed(ActorStep actor, string runId, long initiatedId)
    {
        // Not worth a commit: until the next one a restart only repeats what does no harm.
        if (actor.Find(runId) is { } step && step.Run.Children.Find(initiatedId) is { Status: ChildStatus.Confirming } child)
        {
            child.Status = ChildStatus.Started;
            if (step.Run is { IsOpen: false, OwesWord: false })
            {
                step.Touch();
            }
        }
    }

    private static Api.Common.V1.WorkflowExecution Root(Run parent) =>
        parent.Info.Start.RootWorkflowExecution ?? new() { WorkflowId = parent.Workflow.WorkflowId, RunId = parent.RunId };

    private sealed record Request(
        WorkflowKey Parent,
        string ParentRunId,
        Api.Common.V1.WorkflowExecution Root,
        Api.Common.V1.Priority? ParentPriority,
        long InitiatedEventId,
        string RequestId,
        StartChildWorkflowExecutionInitiatedEventAttributes Initiated,
        UserMetadata? Metadata);
}
