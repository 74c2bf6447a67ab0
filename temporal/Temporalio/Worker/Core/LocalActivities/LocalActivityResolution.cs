using System.Diagnostics;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Bridge.Api.ActivityResult;
using Temporalio.Bridge.Api.WorkflowCommands;

namespace Temporalio.Worker.Core.LocalActivities;

/// <summary>A local activity's outcome as the workflow hears of it. Plain failures are not wrapped, time-outs and cancellations are.</summary>
internal static class LocalActivityResolution
{
    public static ActivityResolution Of(LocalActivityResult local, ScheduleLocalActivity command)
    {
        // The workflow's side decodes failures in place, and the marker has to keep what came.
        var result = local with { Failure = local.Failure?.Clone() };
        if (result.Backoff is { } backoff)
        {
            return new()
            {
                Backoff = new() { Attempt = result.Attempt + 1, BackoffDuration = backoff, OriginalScheduleTime = result.OriginalScheduleTime },
            };
        }

        return result.Outcome switch
        {
            LocalActivityOutcome.Completed => new() { Completed = new() { Result = result.Value } },
            LocalActivityOutcome.Failed => new() { Failed = new() { Failure_ = result.Failure } },
            LocalActivityOutcome.TimedOut => new()
            {
                Failed = new()
                {
                    Failure_ = result.Failure?.TimeoutFailureInfo is null ? result.Failure : Wrap("Local Activity timed out", result.Failure, command),
                },
            },
            LocalActivityOutcome.Cancelled => new()
            {
                Cancelled = new()
                {
                    Failure = result.Failure?.CanceledFailureInfo is null ? result.Failure : Wrap("Local Activity cancelled", result.Failure, command),
                },
            },
            _ => throw new UnreachableException(),
        };
    }

    private static Api.Failure.V1.Failure Wrap(string message, Api.Failure.V1.Failure cause, ScheduleLocalActivity command) => new()
    {
        Message = message,
        Cause = cause,
        ActivityFailureInfo = new ActivityFailureInfo
        {
            ActivityId = command.ActivityId,
            ActivityType = new() { Name = command.ActivityType },
            RetryState = RetryState.CancelRequested,
        },
    };
}
