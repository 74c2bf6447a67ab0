using Google.Protobuf;
using Temporalio.Activities;
using Temporalio.Bridge.Api.ActivityTask;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Worker.Instance;

namespace Temporalio.Worker.ActivityRuns;

/// <summary>Reads the public facts of an attempt out of its task.</summary>
internal static class ActivityInfoReader
{
    public static ISerializationContext.Activity Context(ActivityEnvironment environment, Start start) => new(
        environment.Namespace,
        start.ActivityId,
        start.WorkflowExecution?.WorkflowId.NullIfEmpty(),
        start.WorkflowType.NullIfEmpty(),
        start.ActivityType,
        environment.TaskQueue,
        start.IsLocal);

    public static ActivityInfo Read(ActivityEnvironment environment, Start start, ByteString taskToken, DataConverter converter)
    {
        var workflowId = start.WorkflowExecution?.WorkflowId.NullIfEmpty();
        return new(
            ActivityId: start.ActivityId,
            ActivityType: start.ActivityType,
            Attempt: (int)start.Attempt,
            CurrentAttemptScheduledTime: start.CurrentAttemptScheduledTime?.ToDateTime() ?? default,
            DataConverter: converter,
            HeartbeatDetails: start.HeartbeatDetails,
            HeartbeatTimeout: start.HeartbeatTimeout.ToNonZero(),
            IsLocal: start.IsLocal,
            Namespace: environment.Namespace,
            Priority: Priority.FromProto(start.Priority),
            RetryPolicy: start.RetryPolicy is { } retry ? RetryPolicy.FromProto(retry) : null,
            ScheduleToCloseTimeout: start.ScheduleToCloseTimeout.ToNonZero(),
            ScheduledTime: start.ScheduledTime?.ToDateTime() ?? default,
            StartToCloseTimeout: start.StartToCloseTimeout.ToNonZero(),
            StartedTime: start.StartedTime?.ToDateTime() ?? default,
            TaskQueue: environment.TaskQueue,
            TaskToken: taskToken.ToByteArray(),
            WorkflowId: workflowId,
            WorkflowNamespace: workflowId is null ? null : start.WorkflowNamespace,
            WorkflowRunId: start.WorkflowExecution?.RunId.NullIfEmpty(),
            WorkflowType: start.WorkflowType.NullIfEmpty());
    }
}
