using Temporalio.Api.Activity.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Frontend;

/// <summary>The pending activities that an operation means: one by id, those of a type, or all.</summary>
internal sealed record ActivitySelection(bool All, string? Id, string? Type)
{
    /// <summary>Does something to each of them, in one step.</summary>
    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT: none is meant. NOT_FOUND.</exception>
    public Task ForEachAsync(Engine engine, string ns, WorkflowExecution? execution, Action<RunStep, PendingActivity> action)
    {
        var workflow = Requests.Execution(engine, ns, execution);
        Check();
        return engine.Actors.CallAsync(workflow, execution!.RunId, actor =>
        {
            var step = actor.Require(execution.RunId);
            foreach (var activity in Of(step))
            {
                action(step, activity);
            }

            return true;
        });
    }

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT: none is meant.</exception>
    public void Check()
    {
        if (!All && Id is null && Type is null)
        {
            throw Faults.Invalid("Either Activity.Id or Activity.Type should be set on request.");
        }
    }

    /// <exception cref="Temporalio.Rpc.RpcFault">NOT_FOUND.</exception>
    public IReadOnlyList<PendingActivity> Of(RunStep step)
    {
        if (!step.Run.IsOpen)
        {
            throw Faults.AlreadyCompleted();
        }

        List<PendingActivity> found = [.. step.Run.Activities.All.Where(a => All || (Id is not null ? a.ActivityId == Id : a.Type == Type))];
        return found.Count > 0 || All
            ? found
            : throw Faults.NotFound("Can't find pending activity with such ID. Invalid activityID or activity already completed");
    }

    /// <summary>An activity's options as they are.</summary>
    public static ActivityOptions OptionsOf(PendingActivity activity) => new()
    {
        TaskQueue = new() { Name = activity.TaskQueue, Kind = Api.Enums.V1.TaskQueueKind.Normal },
        ScheduleToCloseTimeout = activity.ScheduleToClose.ToProto(),
        ScheduleToStartTimeout = activity.ScheduleToStart.ToProto(),
        StartToCloseTimeout = activity.StartToClose.ToProto(),
        HeartbeatTimeout = activity.Heartbeat.ToProto(),
        RetryPolicy = activity.RetryPolicy.Clone(),
        Priority = activity.Priority?.Clone(),
    };
}
