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

    // What a run's id has after the action's: counts for the length of both.
    private const string AppendedTime = "-2006-01-02T15:04:05Z";

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
    public static RunStep Require(ActorStep actor) => Open(actor) ?? throw Faults.NotFound("schedule not found");

    /// <summary>For those that change the schedule: a deleted one is refused to them like a workflow that is over.</summary>
    /// <exception cref="Temporalio.Rpc.RpcFault">NOT_FOUND.</exception>
    public static RunStep RequireForChange(ActorStep actor) => Open(actor) ?? throw Faults.AlreadyCompleted();

    /// <summary>The definition as it is kept: checked, in structured form, with its defaults. One without an action never starts anything.</summary>
    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT.</exception>
    public static Schedule Canonical(Engine engine, string ns, Schedule? schedule)
    {
        var result = schedule?.Clone() ?? new Schedule();
        result.Spec = ScheduleSpecs.Canonical(result.Spec);
        if (result.Action?.StartWorkflow is { } action)
        {
            CheckAction(engine, ns, action);
            action.TaskQueue.Kind = TaskQueueKind.Normal;
            action.SearchAttributes = SearchAttributeCheck.Typed(engine.SearchAttributes, ns, action.SearchAttributes);
        }

        result.State ??= new Api.Schedule.V1.ScheduleState();
        result.Policies ??= new SchedulePolicies();
        if (result.Policies.OverlapPolicy == ScheduleOverlapPolicy.Unspecified)
        {
            result.Policies.OverlapPolicy = ScheduleOverlapPolicy.Skip;
        }

        var catchup = result.Policies.CatchupWindow is { } window ? window.ToSpan() : s_defaultCatchup;
        result.Policies.CatchupWindow = (catchup < s_minCatchup ? s_minCatchup : catchup).ToProto();
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

    private static RunStep? Open(ActorStep actor) => actor.Require("") is { Run: { IsOpen: true, Schedule: not null } } step ? step : null;

    private static void CheckAction(Engine engine, string ns, Api.Workflow.V1.NewWorkflowExecutionInfo action)
    {
        if (Requests.TooLong(action.WorkflowId + AppendedTime))
        {
            throw Requests.IdTooLong(action.WorkflowId + AppendedTime);
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
        StartRequests.CheckTimeout(action.WorkflowExecutionTimeout, "WorkflowExecutionTimeout");
        StartRequests.CheckTimeout(action.WorkflowRunTimeout, "WorkflowRunTimeout");
        StartRequests.CheckTimeout(action.WorkflowTaskTimeout, "WorkflowTaskTimeout");
        if (action.CronSchedule.Length > 0)
        {
            throw Faults.Invalid("Scheduled workflow must not contain CronSchedule");
        }

        if (action.WorkflowIdReusePolicy is not (WorkflowIdReusePolicy.Unspecified or WorkflowIdReusePolicy.AllowDuplicate))
        {
            throw Faults.Invalid("Scheduled workflow must not contain WorkflowIDReusePolicy");
        }

        if (SearchAttributeCheck.Problem(engine.SearchAttributes, ns, action.SearchAttributes) is { } problem)
        {
            throw Faults.Invalid(problem);
        }
    }
}
