using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution.Externals;

/// <summary>Signals and cancellations that one workflow sends another: asked for after the commit, answered with an event.</summary>
internal static class ExternalDelivery
{
    /// <summary>Sends it once the command is durable.</summary>
    public static void Send(RunStep step, PendingExternal external) =>
        step.Actor.AfterCommit(new Afterwards(engine => Deliver(engine, step.Run, external)));

    /// <summary>Sends it again, after a restart: what to send is in the history.</summary>
    public static async Task ResendAsync(Engine engine, Run sender, PendingExternal external)
    {
        var e = await HistoryReader.ReadEventAsync(engine, sender.Workflow, sender.RunId, external.InitiatedEventId, CancellationToken.None);
        external.Initiated = external.Kind == ExternalKind.Signal
            ? e.SignalExternalWorkflowExecutionInitiatedEventAttributes
            : e.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes;
        Deliver(engine, sender, external);
    }

    private static void Deliver(Engine engine, Run sender, PendingExternal external)
    {
        var (from, fromRunId) = (sender.Workflow, sender.RunId);
        engine.Actors.Post(external.Target, new ActorNotice(actor =>
        {
            var delivered = TryDeliver(actor, from, fromRunId, external);
            actor.Send(from, new ActorNotice(s => Confirm(s, fromRunId, external.InitiatedEventId, delivered)) { RunId = fromRunId });
        })
        { RunId = external.TargetRunId });
    }

    private static bool TryDeliver(ActorStep actor, WorkflowKey from, string fromRunId, PendingExternal external)
    {
        // A workflow that has itself for a target would wait for its own answer.
        if (actor.Workflow == from || actor.Find(external.TargetRunId) is not { } target)
        {
            return false;
        }

        var parent = target.Run.Info.Start.ParentWorkflowExecution;
        if (external.ChildWorkflowOnly && (parent is null || parent.WorkflowId != from.WorkflowId || parent.RunId != fromRunId))
        {
            return false;
        }

        return external.Kind == ExternalKind.Signal ? Signal(target, from, fromRunId, external) : Cancel(target, from, fromRunId, external);
    }

    private static bool Signal(RunStep target, WorkflowKey from, string fromRunId, PendingExternal external)
    {
        if (target.Run.SignalRequestIds.Contains(external.RequestId))
        {
            // It has had it, and only the word of that was lost.
            return true;
        }

        if (!target.Run.IsOpen)
        {
            return false;
        }

        var signal = external.Signal!;
        try
        {
            Signals.Add(target, new WorkflowExecutionSignaledEventAttributes
            {
                SignalName = signal.SignalName,
                Input = signal.Input,
                Identity = "history-service",
                Header = signal.Header,
                ExternalWorkflowExecution = new() { WorkflowId = from.WorkflowId, RunId = fromRunId },
                RequestId = external.RequestId,
            });
            return true;
        }
        catch (RpcFault)
        {
            return false;
        }
    }

    private static bool Cancel(RunStep target, WorkflowKey from, string fromRunId, PendingExternal external)
    {
        if (target.Run.IsOpen)
        {
            var cancel = (RequestCancelExternalWorkflowExecutionInitiatedEventAttributes)external.Initiated!;
            Cancellation.Request(
                target,
                new()
                {
                    Cause = cancel.Reason,
                    ExternalInitiatedEventId = external.InitiatedEventId,
                    ExternalWorkflowExecution = new() { WorkflowId = from.WorkflowId, RunId = fromRunId },
                    Identity = "history-service",
                },
                external.RequestId);
        }

        return true;
    }

    // At the sender.
    private static void Confirm(ActorStep actor, string runId, long initiatedId, bool delivered)
    {
        if (actor.Find(runId) is not { } step || step.Run.Externals.Find(initiatedId) is not { } external)
        {
            return;
        }

        step.Run.Externals.Remove(external);
        step.Touch();
        if (!step.Run.IsOpen)
        {
            return;
        }

        step.Record((external.Kind, delivered) switch
        {
            (ExternalKind.Signal, true) => Signaled(external),
            (ExternalKind.Signal, false) => SignalFailed(external),
            (_, true) => CancelRequested(external),
            (_, false) => CancelFailed(external),
        });
        WorkflowTasks.EnsureScheduled(step);
    }

    private static HistoryEvent Signaled(PendingExternal external) => new()
    {
        EventType = EventType.ExternalWorkflowExecutionSignaled,
        ExternalWorkflowExecutionSignaledEventAttributes = new()
        {
            InitiatedEventId = external.InitiatedEventId,
            Namespace = external.Target.Namespace,
            NamespaceId = external.NamespaceId,
            WorkflowExecution = Target(external),
            Control = external.Signal?.Control ?? "",
        },
    };

    private static HistoryEvent SignalFailed(PendingExternal external) => new()
    {
        EventType = EventType.SignalExternalWorkflowExecutionFailed,
        SignalExternalWorkflowExecutionFailedEventAttributes = new()
        {
            Cause = SignalExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound,
            Namespace = external.Target.Namespace,
            NamespaceId = external.NamespaceId,
            WorkflowExecution = Target(external),
            InitiatedEventId = external.InitiatedEventId,
            Control = external.Signal?.Control ?? "",
        },
    };

    private static HistoryEvent CancelRequested(PendingExternal external) => new()
    {
        EventType = EventType.ExternalWorkflowExecutionCancelRequested,
        ExternalWorkflowExecutionCancelRequestedEventAttributes = new()
        {
            InitiatedEventId = external.InitiatedEventId,
            Namespace = external.Target.Namespace,
            NamespaceId = external.NamespaceId,
            WorkflowExecution = Target(external),
        },
    };

    private static HistoryEvent CancelFailed(PendingExternal external) => new()
    {
        EventType = EventType.RequestCancelExternalWorkflowExecutionFailed,
        RequestCancelExternalWorkflowExecutionFailedEventAttributes = new()
        {
            Cause = CancelExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound,
            Namespace = external.Target.Namespace,
            NamespaceId = external.NamespaceId,
            WorkflowExecution = Target(external),
            InitiatedEventId = external.InitiatedEventId,
        },
    };

    private static Api.Common.V1.WorkflowExecution Target(PendingExternal external) => new() { WorkflowId = external.Target.WorkflowId, RunId = external.TargetRunId };
}
