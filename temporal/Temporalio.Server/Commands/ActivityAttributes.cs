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
    public static string? Check(ScheduleActivityTaskCommandAttributes a, Run run)
    {
        if (a.ActivityId.Length == 0)
        {
            return "ActivityId is not set on ScheduleActivityTaskCommand.";
        }

        if (a.ActivityType is null || a.ActivityType.Name.Length == 0)
        {
            return $"ActivityType is not set on ScheduleActivityTaskCommand. ActivityId={a.ActivityId}";
        }

        if (a.RetryPolicy is not null && RetryPolicies.Check(RetryPolicies.Filled(a.RetryPolicy)) is { } policy)
        {
            return $"Invalid ActivityRetryPolicy. Error: {policy}. ActivityId={a.ActivityId} ActivityType={a.ActivityType.Name}";
        }

        if (Negative(a) is { } name)
        {
            return $"Invalid {name}: negative duration. ActivityId={a.ActivityId} ActivityType={a.ActivityType.Name}";
        }

        return a.ScheduleToCloseTimeout.IsSet() || a.StartToCloseTimeout.IsSet()
            ? null
            : $"A valid StartToClose or ScheduleToCloseTimeout is not set on ScheduleActivityTaskCommand. ActivityId={a.ActivityId} ActivityType={a.ActivityType.Name}";
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
            TaskQueue = new() { Name = a.TaskQueue is { Name.Length: > 0 } queue ? queue.Name : run.Info.TaskQueue, Kind = TaskQueueKind.Normal },
            Header = a.Header,
            Input = a.Input,
            ScheduleToCloseTimeout = scheduleToClose,
            ScheduleToStartTimeout = scheduleToStart,
            StartToCloseTimeout = startToClose,
            HeartbeatTimeout = a.HeartbeatTimeout.IsSet() ? Least(a.HeartbeatTimeout, startToClose) : s_zero,
            WorkflowTaskCompletedEventId = completedEventId,
            RetryPolicy = RetryPolicies.Filled(a.RetryPolicy),
            Priority = a.Priority,
        };
    }

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
