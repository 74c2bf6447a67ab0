using Temporalio.Api.History.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution.Externals;

/// <summary>Signals and cancellations that one workflow sends another: asked for after the commit, answered with an event.</summary>
internal static class ExternalDelivery
{
    /// <summary>Takes note of the message, and sends it once the command is durable.</summary>
    public static void Begin(RunStep step, PendingExternal external)
    {
        step.Run.Externals.Add(external);
        Send(step, external);
    }

    /// <summary>Sends it once the step is durable.</summary>
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

        step.Record(ExternalEvents.Of(external, delivered));
        WorkflowTasks.EnsureScheduled(step);
    }
}
