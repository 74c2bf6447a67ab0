namespace Temporalio.Server.Execution.Closing;

/// <summary>When a cron workflow runs next.</summary>
internal static class CronContinuation
{
    /// <summary>How long until the next run; <see langword="null"/> if the run has no cron schedule or the chain's time would be up.</summary>
    public static TimeSpan? Next(RunStep step) => null;
}
