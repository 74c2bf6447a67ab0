using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Commands;

/// <summary>What an activity command must say, and what the server fills in.</summary>
internal static class ActivityAttributes
{
    private static readonly Duration s_zero = new();

    /// <summary>What is wrong with the command; <see langword="null"/> if nothing is.</summary>
    public static string? Check(ScheduleActivityTaskCommandAttributes a)
    {
        if (a.ActivityId.Length == 0)
        {
            return "activityId is not set";
        }

        if (a.ActivityType is null || a.ActivityType.Name.Length == 0)
        {
            return "activityType is not set";
        }

        if (TooLong(a.ActivityId, "activityId") is { } id)
        {
            return id;
        }

        if (TooLong(a.ActivityType.Name, "activityType") is { } type)
        {
            return type;
        }

        if (Requests.TaskQueueProblem(a.TaskQueue) is { } queue)
        {
            return queue;
        }

        if (a.RetryPolicy is not null && RetryPolicies.Check(RetryPolicies.Filled(a.RetryPolicy)) is { } policy)
        {
            return policy;
        }

        if (Negative(a) is { } name)
        {
            return $"invalid {name}: negative duration";
        }

        if (Priorities.Problem(a.Priority) is { } priority)
        {
            return $"invalid priorities: {priority}";
        }

        return a.ScheduleToCloseTimeout.IsSet() || a.StartToCloseTimeout.IsSet()
            ? null
            : $"a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ActivityId={a.ActivityId} ActivityType={a.ActivityType.Name}";
    }

    /// <summary>The event of a command that passed the check: time-outs follow from each other and from the run's.</summary>
    public static ActivityTaskScheduledEventAttributes Scheduled(ScheduleActivityTaskCommandAttributes a, Run run, long completedEventId)
    {
        var runTimeout = run.Info.Start.WorkflowRunTimeout;
        var close = a.ScheduleToCloseTimeout;
        Duration scheduleToClose, scheduleToStart, startToClose;
        if (close.IsSet())
        {
            scheduleToClose = close;
            scheduleToStart = a.ScheduleToStartTimeout.IsSet() ? Least(a.ScheduleToStartTimeout, close) : close;
            startToClose = a.StartToCloseTimeout.IsSet() ? Least(a.StartToCloseTimeout, close) : close;
        }
        else
        {
            scheduleToClose = runTimeout ?? s_zero;
            scheduleToStart = a.ScheduleToStartTimeout.IsSet() ? a.ScheduleToStartTimeout : runTimeout ?? s_zero;
            startToClose = a.StartToCloseTimeout;
        }

        if (runTimeout is not null && runTimeout.IsSet())
        {
            scheduleToClose = Least(scheduleToClose, runTimeout);
            scheduleToStart = Least(scheduleToStart, runTimeout);
            startToClose = Least(startToClose, runTimeout);
        }

        return new ActivityTaskScheduledEventAttributes
        {
            ActivityId = a.ActivityId,
            ActivityType = a.ActivityType,
            TaskQueue = new() { Name = a.TaskQueue.Name, Kind = TaskQueueKind.Normal },
            Header = a.Header,
            Input = a.Input,
            ScheduleToCloseTimeout = scheduleToClose,
            ScheduleToStartTimeout = scheduleToStart,
            StartToCloseTimeout = startToClose,
            HeartbeatTimeout = a.HeartbeatTimeout.IsSet() ? Least(a.HeartbeatTimeout, startToClose) : s_zero,
            WorkflowTaskCompletedEventId = completedEventId,
            RetryPolicy = RetryPolicies.Filled(a.RetryPolicy),
            UseWorkflowBuildId = a.UseWorkflowBuildId,
            Priority = a.Priority,
        };
    }

    private static string? TooLong(string text, string name) =>
        Requests.TooLong(text) ? $"{name} exceeds length limit. Length={System.Text.Encoding.UTF8.GetByteCount(text)} Limit={Requests.MaxIdBytes}" : null;

    private static Duration Least(Duration a, Duration b) => a.ToSpan() <= b.ToSpan() ? a : b;

    private static string? Negative(ScheduleActivityTaskCommandAttributes a)
    {
        static bool Below(Duration? d) => d.ToSpan() < TimeSpan.Zero;
        return Below(a.ScheduleToCloseTimeout) ? "ScheduleToCloseTimeout"
            : Below(a.ScheduleToStartTimeout) ? "ScheduleToStartTimeout"
            : Below(a.StartToCloseTimeout) ? "StartToCloseTimeout"
            : Below(a.HeartbeatTimeout) ? "HeartbeatTimeout"
            : null;
    }
}
