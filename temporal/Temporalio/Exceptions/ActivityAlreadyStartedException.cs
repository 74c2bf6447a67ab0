namespace Temporalio.Exceptions;

/// <summary>A standalone activity with this id exists already and the policies forbid another.</summary>
public class ActivityAlreadyStartedException(string message, string activityId, string activityType, string? runId)
    : FailureException(message)
{
    public string ActivityId { get; } = activityId;

    public string ActivityType { get; } = activityType;

    public string? RunId { get; } = runId;
}
