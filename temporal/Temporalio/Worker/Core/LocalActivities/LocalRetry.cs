using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Worker.Core.LocalActivities;

/// <summary>Whether a failed attempt of a local activity is followed by another, and how much later.</summary>
internal static class LocalRetry
{
    private const double DefaultCoefficient = 2;
    private const double DefaultMaxFactor = 100;

    private static readonly TimeSpan s_defaultInitial = TimeSpan.FromSeconds(1);

    /// <returns>The wait, or none if that was the last attempt.</returns>
    public static TimeSpan? Next(RetryPolicy policy, uint attempt, Failure? failure)
    {
        var application = failure?.ApplicationFailureInfo;
        if (application is { NonRetryable: true }
            || (policy.MaximumAttempts > 0 && attempt >= policy.MaximumAttempts)
            || (application is not null && policy.NonRetryableErrorTypes.Any(t => t.Equals(application.Type, StringComparison.OrdinalIgnoreCase))))
        {
            return null;
        }

        if (application?.NextRetryDelay is { } chosen)
        {
            return chosen.ToTimeSpan();
        }

        var initial = policy.InitialInterval?.ToTimeSpan() is { Ticks: > 0 } i ? i : s_defaultInitial;
        var coefficient = policy.BackoffCoefficient >= 1 ? policy.BackoffCoefficient : DefaultCoefficient;
        var max = policy.MaximumInterval?.ToTimeSpan() is { Ticks: > 0 } m ? m : initial * DefaultMaxFactor;
        var interval = initial.TotalSeconds * Math.Pow(coefficient, attempt - 1);
        return interval >= max.TotalSeconds ? max : TimeSpan.FromSeconds(interval);
    }
}
