using ProtoInfo = Temporalio.Api.Schedule.V1.ScheduleInfo;
using ProtoResult = Temporalio.Api.Schedule.V1.ScheduleActionResult;

namespace Temporalio.Client.Schedules;

/// <summary>What a schedule has done and will do.</summary>
public record ScheduleInfo(
    long NumActions,
    long NumActionsMissedCatchupWindow,
    long NumActionsSkippedOverlap,
    IReadOnlyCollection<ScheduleActionExecution> RunningActions,
    IReadOnlyCollection<ScheduleActionResult> RecentActions,
    IReadOnlyCollection<DateTime> NextActionTimes,
    DateTime CreatedAt,
    DateTime? LastUpdatedAt)
{
    internal static ScheduleInfo FromProto(ProtoInfo proto) => new(
        proto.ActionCount,
        proto.MissedCatchupWindow,
        proto.OverlapSkipped,
        [.. proto.RunningWorkflows.Select(w => new ScheduleActionExecutionStartWorkflow(w.WorkflowId, w.RunId))],
        [.. proto.RecentActions.Select(ScheduleActionResult.FromProto)],
        [.. proto.FutureActionTimes.Select(t => t.ToDateTime())],
        proto.CreateTime?.ToDateTime() ?? default,
        proto.UpdateTime?.ToDateTime());
}

/// <summary>One action taken.</summary>
public record ScheduleActionResult(DateTime ScheduledAt, DateTime StartedAt, ScheduleActionExecution Action)
{
    internal static ScheduleActionResult FromProto(ProtoResult proto) => new(
        proto.ScheduleTime?.ToDateTime() ?? default,
        proto.ActualTime?.ToDateTime() ?? default,
        new ScheduleActionExecutionStartWorkflow(proto.StartWorkflowResult.WorkflowId, proto.StartWorkflowResult.RunId));
}

/// <summary>What became of an action.</summary>
public abstract record ScheduleActionExecution
{
    private protected ScheduleActionExecution()
    {
    }
}

/// <summary>A workflow was started.</summary>
public record ScheduleActionExecutionStartWorkflow(string WorkflowId, string FirstExecutionRunId) : ScheduleActionExecution;
