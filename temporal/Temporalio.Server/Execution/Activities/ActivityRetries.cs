using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Execution.Activities;

/// <summary>Whether a failed attempt is repeated, and when.</summary>
internal static class ActivityRetries
{
    /// <summary>The delay before the next attempt, or why there is none.</summary>
    public static (TimeSpan Delay, RetryState State) Decide(RetryPolicy? policy, int attempt, Failure? failure, DateTimeOffset? expiration, DateTimeOffset now)
    {
        if (policy is null)
        {
            return (default, RetryState.RetryPolicyNotSet);
        }

        if (!IsRetryable(failure, policy))
        {
            return (default, RetryState.NonRetryableFailure);
        }

        if (policy.MaximumAttempts > 0 && attempt >= policy.MaximumAttempts)
        {
            return (default, RetryState.MaximumAttemptsReached);
        }

        var delay = failure?.ApplicationFailureInfo?.NextRetryDelay is { } next ? Capped(next.ToSpan(), policy) : Backoff(policy, attempt);
        return expiration is { } end && now + delay > end ? (default, RetryState.Timeout) : (delay, RetryState.InProgress);
    }

    public static TimeSpan Backoff(RetryPolicy policy, int attempt)
    {
        var initial = policy.InitialInterval.ToSpan();
        var maximum = policy.MaximumInterval.ToSpan();
        var ticks = initial.Ticks * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        if (maximum > TimeSpan.Zero)
        {
            return ticks >= maximum.Ticks ? maximum : TimeSpan.FromTicks((long)ticks);
        }

        return ticks >= TimeSpan.MaxValue.Ticks ? TimeSpan.FromDays(36_500) : TimeSpan.FromTicks((long)ticks);
    }

    private static TimeSpan Capped(TimeSpan delay, RetryPolicy policy) =>
        policy.MaximumInterval.ToSpan() is var maximum && maximum > TimeSpan.Zero && delay > maximum ? maximum : delay;

    private static bool IsRetryable(Failure? failure, RetryPolicy policy) => failure?.FailureInfoCase switch
    {
        null => true,
        Failure.FailureInfoOneofCase.TerminatedFailureInfo or Failure.FailureInfoOneofCase.CanceledFailureInfo => false,
        Failure.FailureInfoOneofCase.TimeoutFailureInfo =>
            failure.TimeoutFailureInfo.TimeoutType is TimeoutType.StartToClose or TimeoutType.Heartbeat &&
            !policy.NonRetryableErrorTypes.Contains("TemporalTimeout:" + failure.TimeoutFailureInfo.TimeoutType),
        Failure.FailureInfoOneofCase.ServerFailureInfo => !failure.ServerFailureInfo.NonRetryable,
        Failure.FailureInfoOneofCase.ApplicationFailureInfo =>
            !failure.ApplicationFailureInfo.NonRetryable && !policy.NonRetryableErrorTypes.Contains(failure.ApplicationFailureInfo.Type),
        _ => true,
    };
}
