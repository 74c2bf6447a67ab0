using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>
/// Finishes what a crash left half done: a change of a schedule is noted first, then made in the row and at the engine together, so whatever is noted for longer
/// than a change takes is compared, and the engine gets what the row says.
/// </summary>
internal sealed partial class ScheduleComparison(DataContexts contexts, IScheduleEngine engine, TimeProvider time, ILogger<ScheduleComparison> logger)
    : PeriodicWork(TimeSpan.FromSeconds(1), time, logger)
{
    private const int AtOnce = 20;

    /// <summary>How long a change may take before it counts as left behind.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        await using var data = contexts.ForEveryone();
        await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
        var now = Time.GetUtcNow();
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
}
