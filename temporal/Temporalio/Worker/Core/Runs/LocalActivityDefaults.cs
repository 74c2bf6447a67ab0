using Google.Protobuf.WellKnownTypes;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Worker.Core.Machines;

namespace Temporalio.Worker.Core.Runs;

/// <summary>Completes what a workflow may leave open about a local activity.</summary>
internal static class LocalActivityDefaults
{
    /// <summary>Backoffs up to this are waited out in the process.</summary>
    public static readonly Duration RetryThreshold = Duration.FromTimeSpan(TimeSpan.FromSeconds(60));

    public static void Apply(ScheduleLocalActivity command, TimeProvider timeProvider)
    {
        if (command.ScheduleToCloseTimeout is null && command.StartToCloseTimeout is null)
        {
            throw new FatalRunException(
                $"Invalid schedule local activity request (seq {command.Seq}): Missing schedule_to_close or start_to_close timeout, at least one must be set");
        }

        command.Attempt = Math.Max(1, command.Attempt);
        command.OriginalScheduleTime ??= Timestamp.FromDateTimeOffset(timeProvider.GetUtcNow());
        command.RetryPolicy ??= new();
        command.LocalRetryThreshold ??= RetryThreshold;
    }
}
