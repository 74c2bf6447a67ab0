using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Machines;

namespace Temporalio.Worker.Core.Runs;

/// <summary>Completes what a workflow may leave open about a local activity.</summary>
internal static class LocalActivityDefaults
{
    /// <summary>Backoffs up to this are waited out in the process.</summary>
    public static readonly Duration RetryThreshold = Duration.FromTimeSpan(TimeSpan.FromSeconds(60));

    private const double DefaultCoefficient = 2;
    private const double DefaultMaximumFactor = 100;

    private static readonly Duration s_initialInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1));

    /// <exception cref="FatalRunException">It has no time-out by which it would end.</exception>
    public static void Apply(ScheduleLocalActivity command, TimeProvider timeProvider)
    {
        if (command.ScheduleToCloseTimeout is null && command.StartToCloseTimeout is null)
        {
            throw new FatalRunException(
                $"Invalid schedule local activity request (seq {command.Seq}): Missing schedule_to_close or start_to_close timeout, at least one must be set");
        }

        command.Attempt = Math.Max(1, command.Attempt);
        command.OriginalScheduleTime ??= Timestamp.FromDateTimeOffset(timeProvider.GetUtcNow());
        command.RetryPolicy = Complete(command.RetryPolicy ?? new());
        command.LocalRetryThreshold ??= RetryThreshold;
    }

    private static RetryPolicy Complete(RetryPolicy policy)
    {
        var complete = policy.Clone();
        complete.InitialInterval = policy.InitialInterval ?? s_initialInterval;
        complete.BackoffCoefficient = policy.BackoffCoefficient >= 1 ? policy.BackoffCoefficient : DefaultCoefficient;
        complete.MaximumInterval = policy.MaximumInterval is not { } maximum
            ? Duration.FromTimeSpan(complete.InitialInterval.ToTimeSpan() * DefaultMaximumFactor)
            : maximum.CompareTo(complete.InitialInterval) < 0 ? complete.InitialInterval : maximum;
        return complete;
    }
}
