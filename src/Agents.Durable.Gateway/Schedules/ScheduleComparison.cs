using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>
/// Finishes what a crash left half done: a change of a schedule is noted first, then made in the row and at the engine together, so whatever is noted for longer
/// than a change takes is compared, and the engine gets what the row says.
/// </summary>
internal sealed partial class ScheduleComparison(DataContexts contexts, IScheduleEngine engine, TimeProvider time, ILogger<ScheduleComparison> logger) : BackgroundService
{
    private const int AtOnce = 20;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>How long a change may take before it counts as left behind.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(s_interval, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await CompareAsync(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // The engine or the database may be away for a while.
                    LogFailed(e);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task CompareAsync(CancellationToken cancellationToken)
    {
        await using var data = contexts.ForEveryone();
        await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
        var now = time.GetUtcNow();
        var due = await data.RunSchedules
            .FromSql($"SELECT * FROM run_schedules WHERE compare_at <= {now} ORDER BY compare_at LIMIT {AtOnce} FOR UPDATE SKIP LOCKED")
            .ToListAsync(cancellationToken);
        foreach (var schedule in due)
        {
            await CompareAsync(schedule, cancellationToken);
            schedule.CompareAt = null;
        }

        await data.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task CompareAsync(RunScheduleRow schedule, CancellationToken cancellationToken)
    {
        // Equals are left alone: telling the engine anew would pass over what it is about to make up for.
        if ((await engine.LookAsync(schedule.Id, cancellationToken))?.Version == schedule.Version)
        {
            return;
        }

        try
        {
            await engine.PutAsync(schedule, cancellationToken);
            LogMended(schedule.Id);
        }
        catch (ScheduleRefusedException e)
        {
            LogRefused(schedule.Id, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "The engine had another version of schedule {ScheduleId}; it has the row's now.")]
    private partial void LogMended(string scheduleId);

    [LoggerMessage(LogLevel.Warning, "The engine does not take schedule {ScheduleId}: {Reason}")]
    private partial void LogRefused(string scheduleId, string reason);

    [LoggerMessage(LogLevel.Warning, "Schedules could not be compared with the engine's; it will be tried again.")]
    private partial void LogFailed(Exception exception);
}
