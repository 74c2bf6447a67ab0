using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Worker.Core.Machines;

namespace Temporalio.Worker.Core.LocalActivities;

internal enum LocalActivityOutcome
{
    Completed,
    Failed,
    TimedOut,
    Cancelled,
}

/// <summary>What became of a local activity, by execution or by its marker.</summary>
internal sealed record LocalActivityResult
{
    public required LocalActivityOutcome Outcome { get; init; }

    public Payload? Value { get; init; }

    public Failure? Failure { get; init; }

    public uint Attempt { get; init; } = 1;

    /// <summary>Workflow time at completion; none if the clock shall not move.</summary>
    public Timestamp? CompleteTime { get; init; }

    /// <summary>Set when the next attempt is so far off that the workflow waits for it with a timer.</summary>
    public Duration? Backoff { get; init; }

    public Timestamp? OriginalScheduleTime { get; init; }

    public static LocalActivityResult Cancelled(uint attempt, Timestamp? originalScheduleTime) => new()
    {
        Outcome = LocalActivityOutcome.Cancelled,
        Failure = new() { Message = "Activity cancelled", CanceledFailureInfo = new() },
        Attempt = attempt,
        OriginalScheduleTime = originalScheduleTime,
    };

    public static LocalActivityResult FromMarker(LocalActivityMarker marker) => new()
    {
        Outcome = marker.Failure switch
        {
            null => LocalActivityOutcome.Completed,
            { CanceledFailureInfo: not null } or { Cause.CanceledFailureInfo: not null } => LocalActivityOutcome.Cancelled,
            _ => LocalActivityOutcome.Failed,
        },
        Value = marker.Result,
        Failure = marker.Failure,
        Attempt = marker.Data.Attempt,
        CompleteTime = marker.Data.CompleteTime,
        Backoff = marker.Data.Backoff,
        OriginalScheduleTime = marker.Data.OriginalScheduleTime,
    };
}
