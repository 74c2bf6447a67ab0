using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>
/// Fires schedules, in any of the processes on the database. A fire and the schedule's next time are written together, so each time is served once; times
/// that passed while no process ran are made up for by one run. Then what was fired is delivered, with a lease and a few attempts.
/// </summary>
internal sealed partial class ScheduleSweep(DataContexts contexts, ScheduledRuns runs, TimeProvider time, ILogger<ScheduleSweep> logger) : BackgroundService
{
    private const int AtOnce = 50;
    private const int MostAttempts = 5;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    // Longer than an agent may take for both calls of a run.
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(s_interval, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SweepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FireAsync(cancellationToken);
            foreach (var fire in await ClaimAsync(cancellationToken))
            {
                // Side by side: an agent may take its time.
                _ = DeliverAsync(fire, cancellationToken);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(e);
        }
    }

    private async Task FireAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var data = contexts.ForEveryone();
        await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
        var due = await data.RunSchedules
            .FromSql($"SELECT * FROM run_schedules WHERE next_at <= {now} AND NOT paused ORDER BY next_at LIMIT {AtOnce} FOR UPDATE SKIP LOCKED")
            .IgnoreQueryFilters()
            .ToListAsync(cancellationToken);
        if (due.Count == 0)
        {
            return;
        }

        foreach (var schedule in due)
        {
            var at = schedule.NextAt!.Value;
            data.Add(new ScheduleFireRow
            {
                Id = FireNames.Scheduled(schedule.Id, at),
                Owner = schedule.Owner,
                ScheduleId = schedule.Id,
                TriggerType = "scheduled",
                FireTime = at,
                DueAt = now,
            });
            schedule.Actions++;
            schedule.LastActionTime = now;
            schedule.NextAt = Cadence.After(schedule, now).Select(next => (DateTimeOffset?)next).FirstOrDefault();
        }

        await data.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<List<ScheduleFireRow>> ClaimAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var data = contexts.ForEveryone();
        return await data.ScheduleFires
            .FromSql(
                $"""
                UPDATE schedule_fires SET due_at = {now + s_lease}, attempts = attempts + 1
                WHERE id IN (SELECT id FROM schedule_fires WHERE settled_at IS NULL AND due_at <= {now} ORDER BY due_at LIMIT {AtOnce} FOR UPDATE SKIP LOCKED)
                RETURNING *
                """)
            .IgnoreQueryFilters()
            .AsNoTracking()
            .ToListAsync(cancellationToken);
    }

    private async Task DeliverAsync(ScheduleFireRow fire, CancellationToken cancellationToken)
    {
        try
        {
            string? error = null;
            try
            {
                await runs.StartAsync(fire, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotStarted(e, fire.Id, fire.Attempts);
                error = e.Message;
            }

            await SettleAsync(fire, error, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The lease runs out, and it is tried again.
            LogFailed(e);
        }
        catch (OperationCanceledException)
        {
            // Stopping; the lease runs out and the next process goes on.
        }
    }

    private async Task SettleAsync(ScheduleFireRow fire, string? error, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        DateTimeOffset? settled = error is null || fire.Attempts >= MostAttempts ? now : null;
        await using var data = contexts.ForEveryone();
        await data.ScheduleFires.Where(row => row.Id == fire.Id).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.SettledAt, settled).SetProperty(row => row.LastError, error).SetProperty(row => row.DueAt, now + s_pause), cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Schedules could not be served; they stay due.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "The scheduled run {FireId} could not be started (attempt {Attempt}).")]
    private partial void LogNotStarted(Exception exception, string fireId, int attempt);
}
