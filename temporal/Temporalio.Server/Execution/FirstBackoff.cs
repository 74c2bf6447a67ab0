using Temporalio.Server.Schedules;

namespace Temporalio.Server.Execution;

/// <summary>How long a new workflow's first task waits: for the first time of its cron schedule, or for its start delay.</summary>
internal static class FirstBackoff
{
    public static TimeSpan Of(string cronSchedule, TimeSpan startDelay, DateTimeOffset now) =>
        cronSchedule.Length > 0 && CronSpec.TryParse(cronSchedule, out var cron) ? cron.Backoff(now, now) ?? startDelay : startDelay;
}
