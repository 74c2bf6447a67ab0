using Temporalio.Api.WorkflowService.V1;
using Temporalio.Bridge.Api.ActivityTask;

namespace Temporalio.Worker.Core.Activities;

/// <summary>The server's activity tasks in the form that the language layer takes.</summary>
internal static class ActivityStarts
{
    public static ActivityTask Of(PollActivityTaskQueueResponse response)
    {
        var start = new Start
        {
            WorkflowNamespace = response.WorkflowNamespace,
            WorkflowType = response.WorkflowType?.Name ?? string.Empty,
            WorkflowExecution = response.WorkflowExecution,
            ActivityId = response.ActivityId,
            ActivityType = response.ActivityType?.Name ?? string.Empty,
            ScheduledTime = response.ScheduledTime,
            CurrentAttemptScheduledTime = response.CurrentAttemptScheduledTime,
            StartedTime = response.StartedTime,
            Attempt = (uint)response.Attempt,
            ScheduleToCloseTimeout = response.ScheduleToCloseTimeout,
            StartToCloseTimeout = response.StartToCloseTimeout,
            HeartbeatTimeout = response.HeartbeatTimeout,
            RetryPolicy = response.RetryPolicy,
            Priority = response.Priority,
            RunId = response.ActivityRunId,
        };
        if (response.Header is { } header)
        {
            start.HeaderFields.Add(header.Fields);
        }

        if (response.Input is { } input)
        {
            start.Input.Add(input.Payloads_);
        }

        if (response.HeartbeatDetails is { } details)
        {
            start.HeartbeatDetails.Add(details.Payloads_);
        }

        return new() { TaskToken = response.TaskToken, Start = start };
    }
}
