using Agents.Durable.Data.Entities;
using Agents.Durable.Gateway.Errors;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>When a schedule fires: pure, from what its row says.</summary>
internal static class Cadence
{
    /// <exception cref="GatewayException">The expression or the zone is none.</exception>
    public static void Check(RunScheduleRow row)
    {
        if (row.CronExpression is { } cron && !CronExpression.TryParse(cron, out _))
        {
            throw GatewayException.BadRequest($"Invalid cron expression '{cron}': minute, hour, day of month, month and day of week are expected");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(row.Timezone, out _))
        {
            throw GatewayException.BadRequest($"Unknown time zone '{row.Timezone}'");
        }
    }

    /// <summary>The times after a moment, in order, without those that are skipped.</summary>
    public static IEnumerable<DateTimeOffset> After(RunScheduleRow row, DateTimeOffset moment)
    {
        // The start itself counts.
        var from = row.StartAt is { } start && start > moment ? start.AddTicks(-1) : moment;
        var times = row.CronExpression is { } cron
            ? CronExpression.TryParse(cron, out var expression) && TimeZoneInfo.TryFindSystemTimeZoneById(row.Timezone, out var zone) ? expression.After(from, zone) : []
            : Every(row.IntervalSeconds ?? 0, from);
        return times.TakeWhile(time => row.EndAt is not { } end || time <= end).Where(time => !row.Skipped.Contains(time));
    }

    // Counted from the epoch, so that an edit or a restart does not move them.
    private static IEnumerable<DateTimeOffset> Every(long seconds, DateTimeOffset moment)
    {
        if (seconds <= 0)
        {
            yield break;
        }

        for (var next = (Math.DivRem(moment.ToUnixTimeSeconds(), seconds).Quotient + 1) * seconds; next < DateTimeOffset.MaxValue.ToUnixTimeSeconds(); next += seconds)
        {
            yield return DateTimeOffset.FromUnixTimeSeconds(next);
        }
    }
}
