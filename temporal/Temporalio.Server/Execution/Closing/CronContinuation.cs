using Temporalio.Server.Schedules;

namespace Temporalio.Server.Execution.Closing;

/// <summary>When a cron workflow runs next.</summary>
internal static class CronContinuation
{
    /// <summary>How long until the next run; <see langword="null"/> if the run has no cron schedule or the chain's time would be up.</summary>
    public static TimeSpan? Next(RunStep step)
    {
        var info = step.Run.Info;
        if (info.Start.CronSchedule.Length == 0 || !CronSpec.TryParse(info.Start.CronSchedule, out var cron) || cron.Backoff(info.ExecutionTime, step.Now) is not { } backoff)
        {
            return null;
        }

        return info.ExecutionExpiration is { } end && step.Now + backoff > end ? null : backoff;
    }
}
