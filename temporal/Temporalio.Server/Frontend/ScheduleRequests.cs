using System.Buffers.Binary;
using Google.Protobuf;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Schedules;
using Temporalio.Server.Store;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Frontend;

/// <summary>What requests about schedules have in common.</summary>
internal static class ScheduleRequests
{
    public const string Division = "TemporalScheduler";

    private const string Prefix = "temporal-sys-scheduler:";

    private static readonly TimeSpan s_defaultCatchup = TimeSpan.FromDays(365);
    private static readonly TimeSpan s_minCatchup = TimeSpan.FromSeconds(10);

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT or NOT_FOUND (namespace).</exception>
    public static WorkflowKey Key(Engine engine, string ns, string scheduleId)
    {
        engine.Namespaces.Require(ns);
        return scheduleId.Length > 0 ? new WorkflowKey(ns, Prefix + scheduleId) : throw Faults.Invalid("Can't load workflow execution.  WorkflowId not set.");
    }

    /// <exception cref="Temporalio.Rpc.RpcFault">NOT_FOUND.</exception>
    public static RunStep Require(ActorStep actor)
    {
        var step = actor.Require("");
        return step.Run is { IsOpen: true, Schedule: not null } ? step : throw Faults.NotFound("schedule not found");
    }

    /// <summary>The definition as it is kept: checked, in structured form, with its defaults.</summary>
    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT.</exception>
    public static Schedule Canonical(Engine engine, string ns, Schedule? schedule)
    {
        if (schedule?.Action?.StartWorkflow is not { } action)
        {
            throw Faults.Invalid("Only StartWorkflow action is supported for schedules");
        }

        CheckAction(engine, ns, action);
        var result = schedule.Clone();
        result.Spec = ScheduleSpecs.Canonical(schedule.Spec);
        result.State ??= new Api.Schedule.V1.ScheduleState();
        result.Policies ??= new SchedulePolicies();
        if (result.Policies.OverlapPolicy == ScheduleOverlapPolicy.Unspecified)
        {
            result.Policies.OverlapPolicy = ScheduleOverlapPolicy.Skip;
        }

        var catchup = result.Policies.CatchupWindow is { } window ? window.ToSpan() : s_defaultCatchup;
        result.Policies.CatchupWindow = (catchup < s_minCatchup ? s_minCatchup : catchup).ToProto();
        var start = result.Action.StartWorkflow;
        start.TaskQueue.Kind = TaskQueueKind.Normal;
        start.SearchAttributes = SearchAttributeCheck.Typed(engine.SearchAttributes, ns, start.SearchAttributes);
        return result;
    }

    public static ByteString Token(Schedules.ScheduleState schedule)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, schedule.Version);
        return ByteString.CopyFrom(bytes);
    }

    /// <summary>The schedule's info with the times to come.</summary>
    public static ScheduleInfo InfoOf(Schedules.ScheduleState schedule, DateTimeOffset now, int futureTimes)
    {
        var info = schedule.Info.Clone();
        var state = schedule.Definition.State;
        if (state.LimitedActions && state.RemainingActions < futureTimes)
        {
            futureTimes = (int)state.RemainingActions;
        }

        var times = schedule.Times;
        for (var next = times.Next(now); next is { } time && info.FutureActionTimes.Count < futureTimes; next = times.Next(time.Nominal))
        {
            info.FutureActionTimes.Add(time.Due.ToProto());
        }

        return info;
    }

    private static void CheckAction(Engine engine, string ns, Api.Workflow.V1.NewWorkflowExecutionInfo action)
    {
        if (action.WorkflowId.Length == 0)
        {
            throw Faults.Invalid("WorkflowId is not set on request.");
        }

        if (Requests.TooLong(action.WorkflowId))
        {
            throw Faults.Invalid("WorkflowId exceeds length limit.");
        }

        if (action.WorkflowType is not { Name.Length: > 0 })
        {
            throw Faults.Invalid("WorkflowType is not set on request.");
        }

        if (Requests.TooLong(action.WorkflowType.Name))
        {
            throw Faults.Invalid("WorkflowType length exceeds limit.");
        }

        Requests.CheckTaskQueue(action.TaskQueue);
        if (action.CronSchedule.Length > 0)
        {
            throw Faults.Invalid("Schedules can't use CronSchedule.");
        }

        if (action.WorkflowIdReusePolicy is not (WorkflowIdReusePolicy.Unspecified or WorkflowIdReusePolicy.AllowDuplicate))
        {
            throw Faults.Invalid("WorkflowIdReusePolicy can't be set on a schedule's action.");
        }

        if (action.RetryPolicy is not null && RetryPolicies.Check(RetryPolicies.Filled(action.RetryPolicy)) is { } policy)
        {
            throw Faults.Invalid(policy);
        }

        if (action.WorkflowRunTimeout.ToSpan() < TimeSpan.Zero || action.WorkflowExecutionTimeout.ToSpan() < TimeSpan.Zero || action.WorkflowTaskTimeout.ToSpan() < TimeSpan.Zero)
        {
            throw Faults.Invalid("An invalid timeout is set on request: negative duration");
        }

        if (SearchAttributeCheck.Problem(engine.SearchAttributes, ns, action.SearchAttributes) is { } problem)
        {
            throw Faults.Invalid(problem);
        }
    }
}
