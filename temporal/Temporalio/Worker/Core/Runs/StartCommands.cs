using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Machines;

namespace Temporalio.Worker.Core.Runs;

/// <summary>The commands that start an activity or a child, in the server's form.</summary>
internal static class StartCommands
{
    /// <summary>An empty task queue is the workflow's own.</summary>
    public static Command Activity(ScheduleActivity command, RunContext context) => new()
    {
        CommandType = CommandType.ScheduleActivityTask,
        ScheduleActivityTaskCommandAttributes = new()
        {
            ActivityId = command.ActivityId,
            ActivityType = new() { Name = command.ActivityType },
            TaskQueue = CommandParts.Queue(command.TaskQueue.Length > 0 ? command.TaskQueue : context.TaskQueue),
            Header = CommandParts.Header(command.Headers),
            Input = CommandParts.Payloads(command.Arguments),
            ScheduleToCloseTimeout = command.ScheduleToCloseTimeout,
            ScheduleToStartTimeout = command.ScheduleToStartTimeout,
            StartToCloseTimeout = command.StartToCloseTimeout,
            HeartbeatTimeout = command.HeartbeatTimeout,
            RetryPolicy = command.RetryPolicy,
            RequestEagerExecution = !command.DoNotEagerlyExecute,
            UseWorkflowBuildId = VersioningIntents.InheritsBuildId(command.VersioningIntent, command.TaskQueue, context.TaskQueue),
            Priority = command.Priority,
        },
    };

#pragma warning disable CS0612 // The namespace is still told this way, and unversioned task queues go by the build id's field.
    public static Command Child(StartChildWorkflowExecution command, RunContext context) => new()
    {
        CommandType = CommandType.StartChildWorkflowExecution,
        StartChildWorkflowExecutionCommandAttributes = new()
        {
            Namespace = command.Namespace,
            WorkflowId = command.WorkflowId,
            WorkflowType = new() { Name = command.WorkflowType },
            TaskQueue = CommandParts.Queue(command.TaskQueue),
            Header = CommandParts.Header(command.Headers),
            Memo = CommandParts.Memo(command.Memo),
            SearchAttributes = command.SearchAttributes,
            Input = CommandParts.Payloads(command.Input),
            WorkflowIdReusePolicy = command.WorkflowIdReusePolicy,
            WorkflowExecutionTimeout = command.WorkflowExecutionTimeout,
            WorkflowRunTimeout = command.WorkflowRunTimeout,
            WorkflowTaskTimeout = command.WorkflowTaskTimeout,
            RetryPolicy = command.RetryPolicy,
            CronSchedule = command.CronSchedule,
            ParentClosePolicy = (ParentClosePolicy)command.ParentClosePolicy,
            InheritBuildId = VersioningIntents.InheritsBuildId(command.VersioningIntent, command.TaskQueue, context.TaskQueue),
            Priority = command.Priority,
        },
    };
#pragma warning restore CS0612
}
