using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Frontend;

/// <summary>Retry policies as they are stored: complete and checked.</summary>
internal static class RetryPolicies
{
    private const double DefaultCoefficient = 2;
    private const int MaximumIntervalFactor = 100;

    private const string TimeoutPrefix = "TemporalTimeout:";

    private static readonly string[] s_timeoutTypes =
    [
        "StartToClose", "ScheduleToStart", "ScheduleToClose", "Heartbeat",
        "TIMEOUT_TYPE_START_TO_CLOSE", "TIMEOUT_TYPE_SCHEDULE_TO_START", "TIMEOUT_TYPE_SCHEDULE_TO_CLOSE", "TIMEOUT_TYPE_HEARTBEAT",
    ];
    private static readonly Duration s_defaultInitialInterval = new() { Seconds = 1 };

    // A hundred years.
    private static readonly Duration s_longest = new() { Seconds = 100L * 365 * 24 * 3600 };

    // What 64 bits of nanoseconds cannot hold turns negative, and is refused as that.
    private static readonly Duration s_overflow = new() { Seconds = -1 };

    /// <summary>The policy with defaults where it says nothing.</summary>
    public static RetryPolicy Filled(RetryPolicy? policy)
    {
        var filled = policy?.Clone() ?? new RetryPolicy();
        if (filled.InitialInterval is null || (filled.InitialInterval.Seconds == 0 && filled.InitialInterval.Nanos == 0))
        {
            filled.InitialInterval = s_defaultInitialInterval.Clone();
        }

        if (filled.BackoffCoefficient == 0)
        {
            filled.BackoffCoefficient = DefaultCoefficient;
        }

        if (filled.MaximumInterval is null || (filled.MaximumInterval.Seconds == 0 && filled.MaximumInterval.Nanos == 0))
        {
            filled.MaximumInterval = Times(filled.InitialInterval, MaximumIntervalFactor);
        }

        if (filled.MaximumInterval.Seconds >= s_longest.Seconds)
        {
            filled.MaximumInterval = s_longest.Clone();
        }

        return filled;
    }

    /// <summary>What is wrong with a filled policy; <see langword="null"/> if nothing is.</summary>
    public static string? Check(RetryPolicy policy)
    {
        // One attempt only: nothing else of the policy will ever be looked at.
        if (policy.MaximumAttempts == 1)
        {
            return null;
        }

        var initial = policy.InitialInterval.ToSpan();
        var maximum = policy.MaximumInterval.ToSpan();
        if (initial < TimeSpan.Zero)
        {
            return "invalid InitialInterval set on retry policy: negative duration";
        }

        if (policy.BackoffCoefficient < 1)
        {
            return "BackoffCoefficient cannot be less than 1 on retry policy.";
        }

        if (maximum < TimeSpan.Zero)
        {
            return "invalid MaximumInterval set on retry policy: negative duration";
        }

        if (maximum > TimeSpan.Zero && maximum < initial)
        {
            return "MaximumInterval cannot be less than InitialInterval on retry policy.";
        }

        return policy.MaximumAttempts < 0 ? "MaximumAttempts cannot be negative on retry policy." : CheckTypes(policy);
    }

    private static string? CheckTypes(RetryPolicy policy)
    {
        foreach (var type in policy.NonRetryableErrorTypes)
        {
            if (type.StartsWith(TimeoutPrefix, StringComparison.Ordinal) && !s_timeoutTypes.Contains(type[TimeoutPrefix.Length..]))
            {
                return $"Invalid timeout type value: {type[TimeoutPrefix.Length..]}.";
            }
        }

        return null;
    }

    private static Duration Times(Duration value, int factor)
    {
        if (value.Seconds > long.MaxValue / 1_000_000_000 / factor)
        {
            return s_overflow.Clone();
        }

        var nanos = (long)value.Nanos * factor;
        return new Duration { Seconds = (value.Seconds * factor) + (nanos / 1_000_000_000), Nanos = (int)(nanos % 1_000_000_000) };
    }
}
