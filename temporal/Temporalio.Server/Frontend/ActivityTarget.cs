using Google.Protobuf;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

/// <summary>The activity that a worker's call is about, named by its token or by its id.</summary>
internal sealed record ActivityTarget(WorkflowKey Workflow, string RunId, TaskToken? Token, string ActivityId)
{
    /// <exception cref="RpcFault">INVALID_ARGUMENT or NOT_FOUND (namespace).</exception>
    public static ActivityTarget Of(Engine engine, ByteString taskToken, string ns, string identity)
    {
        if (ns.Length > 0)
        {
            engine.Namespaces.Require(ns);
        }

        var token = TaskToken.Decode(taskToken, ns);
        Requests.CheckIdentity(identity);
        return new(new WorkflowKey(token.Namespace, token.WorkflowId), token.RunId, token, token.ActivityId);
    }

    /// <exception cref="RpcFault">INVALID_ARGUMENT or NOT_FOUND (namespace).</exception>
    public static ActivityTarget Of(Engine engine, string ns, string workflowId, string runId, string activityId, string identity)
    {
        engine.Namespaces.Require(ns);
        if (activityId.Length == 0)
        {
            throw Faults.Invalid("ActivityId is not set on request.");
        }

        if (runId.Length > 0 && !Guid.TryParse(runId, out _))
        {
            throw Faults.Invalid("RunId is not valid UUID.");
        }

        if (workflowId.Length == 0)
        {
            throw Faults.NotFound($"activity not found for ID: {activityId}");
        }

        Requests.CheckIdentity(identity);
        return new(new WorkflowKey(ns, workflowId), runId, null, activityId);
    }

    /// <summary>The running attempt. With <paramref name="startIfNeeded"/> one named by id may also be waiting for a worker.</summary>
    /// <exception cref="RpcFault">NOT_FOUND.</exception>
    public (RunStep Step, PendingActivity Activity) Find(ActorStep actor, bool startIfNeeded = false)
    {
        var step = actor.Require(RunId);
        if (!step.Run.IsOpen)
        {
            throw Faults.AlreadyCompleted();
        }

        return (step, Token is null ? FindById(step, startIfNeeded) : FindByToken(step, Token));
    }

    private PendingActivity FindById(RunStep step, bool startIfNeeded)
    {
        var activity = step.Run.Activities.Find(ActivityId) ??
            throw Faults.NotFound($"cannot find pending activity with ActivityID {ActivityId}, check workflow execution history for more details");
        if (!activity.IsStarted)
        {
            if (!startIfNeeded)
            {
                throw Faults.ActivityNotFound();
            }

            ActivityLifecycle.Start(step, activity, "", "");
        }

        return activity;
    }

    private static PendingActivity FindByToken(RunStep step, TaskToken token)
    {
        if (step.Run.Activities.Find(token.ScheduledEventId) is not { } activity || activity.Attempt != token.Attempt || activity.Stamp != token.Stamp)
        {
            throw Faults.ActivityNotFound();
        }

        if (activity.Status == ActivityStatus.Scheduled)
        {
            // Only a worker that took it has this token: the start was volatile and a crash has lost it, the work was not.
            ActivityLifecycle.Start(step, activity, "", step.Engine.Ids.NewId());
        }

        return activity.IsStarted ? activity : throw Faults.ActivityNotFound();
    }
}
