using Temporalio.Api.Common.V1;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Worker.Core.LocalActivities;

/// <summary>Whether a failed attempt of a local activity is followed by another, and how much later.</summary>
internal static class LocalRetry
{
    /// <param name="policy">Complete.</param>
    /// <param name="attempt">The one that failed, from 1.</param>
    /// <param name="failure">How it failed.</param>
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

        var initial = policy.InitialInterval.ToTimeSpan();
        if (attempt <= 1)
        {
            return initial;
        }

        var max = policy.MaximumInterval.ToTimeSpan();
        var interval = initial.TotalSeconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        return interval >= max.TotalSeconds ? max : TimeSpan.FromSeconds(interval);
    }
}
