using Temporalio.Api.Common.V1;
using Temporalio.Converters;
using Priority = Temporalio.Common.Priority;
using RetryPolicy = Temporalio.Common.RetryPolicy;

namespace Temporalio.Activities;

/// <summary>What is known of one attempt of an activity.</summary>
/// <param name="ActivityId">Id of the activity, unique among those of its workflow that are open.</param>
/// <param name="ActivityType">Name of the activity type.</param>
/// <param name="Attempt">Number of this attempt, from 1.</param>
/// <param name="CurrentAttemptScheduledTime">When this attempt was scheduled.</param>
/// <param name="DataConverter">Converts values to and from payloads.</param>
/// <param name="HeartbeatDetails">Details of the last heartbeat of an earlier attempt, not yet decoded.</param>
/// <param name="HeartbeatTimeout">Most time between two heartbeats.</param>
/// <param name="IsLocal">True for a local activity.</param>
/// <param name="Namespace">Namespace of the activity.</param>
/// <param name="Priority">Priority.</param>
/// <param name="RetryPolicy">How failures are retried, as the server decided.</param>
/// <param name="ScheduleToCloseTimeout">Most time for all attempts together.</param>
/// <param name="ScheduledTime">When the first attempt was scheduled.</param>
/// <param name="StartToCloseTimeout">Most time for this attempt.</param>
/// <param name="StartedTime">When this attempt started.</param>
/// <param name="TaskQueue">Task queue.</param>
/// <param name="TaskToken">Identifies this attempt to the server.</param>
/// <param name="WorkflowId">The workflow that scheduled it, if one did.</param>
/// <param name="WorkflowNamespace">Namespace of that workflow.</param>
/// <param name="WorkflowRunId">Run of that workflow.</param>
/// <param name="WorkflowType">Type of that workflow.</param>
public record ActivityInfo(
    string ActivityId,
    string ActivityType,
    int Attempt,
    DateTime CurrentAttemptScheduledTime,
    DataConverter DataConverter,
    IReadOnlyCollection<Payload> HeartbeatDetails,
    TimeSpan? HeartbeatTimeout,
    bool IsLocal,
    string Namespace,
    Priority Priority,
    RetryPolicy? RetryPolicy,
    TimeSpan? ScheduleToCloseTimeout,
    DateTime ScheduledTime,
    TimeSpan? StartToCloseTimeout,
    DateTime StartedTime,
    string TaskQueue,
    byte[] TaskToken,
    string? WorkflowId,
    string? WorkflowNamespace,
    string? WorkflowRunId,
    string? WorkflowType)
{
    /// <summary>True if a workflow scheduled it.</summary>
    public bool IsWorkflowActivity => WorkflowId is not null;

    /// <summary>What every log entry of the attempt carries.</summary>
    internal Dictionary<string, object> LoggerScope => new()
    {
        ["ActivityId"] = ActivityId,
        ["ActivityType"] = ActivityType,
        ["Attempt"] = Attempt,
        ["Namespace"] = Namespace,
        ["TaskQueue"] = TaskQueue,
        ["WorkflowId"] = WorkflowId ?? string.Empty,
        ["WorkflowRunId"] = WorkflowRunId ?? string.Empty,
        ["WorkflowType"] = WorkflowType ?? string.Empty,
    };

    /// <summary>One of the details of the last heartbeat of an earlier attempt.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public Task<T> HeartbeatDetailAtAsync<T>(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)HeartbeatDetails.Count, nameof(index));
        return DataConverter.ToValueAsync<T>(HeartbeatDetails.ElementAt(index));
    }
}
