using System.Diagnostics.CodeAnalysis;

namespace Temporalio.Server.Schedules;

/// <summary>
/// A workflow's cron schedule: five fields (minute, hour, day of month, month, day of week), <c>@daily</c> and its like, or
/// <c>@every</c> with a duration; <c>CRON_TZ=</c> before it names the zone. When both day fields are restricted, either is enough.
/// </summary>
internal sealed class CronSpec
{
    private const int YearsAhead = 5;

    private readonly TimeZoneInfo _zone;
    private readonly TimeSpan? _every;
    private readonly CronField _minutes, _hours, _days, _months, _weekdays;

    private CronSpec(TimeZoneInfo zone, TimeSpan? every, CronField[] fields)
    {
        _zone = zone;
        _every = every;
        if (fields.Length > 0)
        {
            (_minutes, _hours, _days, _months, _weekdays) = (fields[0], fields[1], fields[2], fields[3], fields[4]);
        }
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out CronSpec? spec)
    {
        spec = null;
        var zone = TimeZoneInfo.Utc;
        text = text.Trim();
        if (text.StartsWith("CRON_TZ=", StringComparison.Ordinal) || text.StartsWith("TZ=", StringComparison.Ordinal))
        {
            var space = text.IndexOf(' ');
            if (space < 0 || !TimeZoneInfo.TryFindSystemTimeZoneById(text[(text.IndexOf('=') + 1)..space], out var named))
            {
                return false;
            }

            zone = named;
            text = text[space..].Trim();
        }

        if (text.StartsWith("@every ", StringComparison.Ordinal))
        {
            if (!GoDuration.TryParse(text["@every ".Length..].Trim(), out var every))
            {
                return false;
            }

            spec = new CronSpec(zone, every < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds((long)every.TotalSeconds), []);
            return true;
        }

        var parts = (Descriptor(text) ?? text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 5)
        {
            return false;
        }

        var fields = new CronField[5];
        for (var i = 0; i < 5; i++)
        {
            if (!CronField.TryParse(parts[i], CronField.Bounds[i], out fields[i]))
            {
                return false;
            }
        }

        spec = new CronSpec(zone, null, fields);
        return true;
    }

    /// <summary>
    /// How long after <paramref name="closed"/> the next run begins, in whole seconds, rounded up; <see langword="null"/> if there is no time.
    /// </summary>
    public TimeSpan? Backoff(DateTimeOffset started, DateTimeOffset closed)
    {
        var next = Next(started);
        while (next is { } n && n <= closed)
        {
            // Times that passed while the run was busy are not caught up.
            next = Next(_every is null ? closed : n);
        }

        return next is { } due ? TimeSpan.FromSeconds(Math.Ceiling((due - closed).TotalSeconds)) : null;
    }

    /// <summary>The first time after <paramref name="after"/>.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var whole = new DateTimeOffset(after.UtcTicks - (after.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        if (_every is { } every)
        {
            return whole + every;
        }

        var local = TimeZoneInfo.ConvertTime(whole, _zone);
        var day = local.Date;
        var end = day.AddYears(YearsAhead);
        // An hour before the start is looked at too: where clocks are put back, it comes again.
        for (var date = day.AddDays(-1); date < end; date = date.AddDays(1))
        {
            if (_months.Has(date.Month) && DayMatches(date) && NextOn(date, after) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private DateTimeOffset? NextOn(DateTime date, DateTimeOffset after)
    {
        DateTimeOffset? best = null;
        for (var hour = 0; hour < 24; hour++)
        {
            if (!_hours.Has(hour))
            {
                continue;
            }

            for (var minute = 0; minute < 60; minute++)
            {
                var wall = date.AddHours(hour).AddMinutes(minute);
                if (!_minutes.Has(minute) || _zone.IsInvalidTime(wall))
                {
                    continue;
                }

                foreach (var offset in _zone.IsAmbiguousTime(wall) ? _zone.GetAmbiguousTimeOffsets(wall) : [_zone.GetUtcOffset(wall)])
                {
                    var time = new DateTimeOffset(wall, offset);
                    if (time > after && (best is not { } b || time < b))
                    {
                        best = time.ToUniversalTime();
                    }
                }
            }
        }

        return best;
    }

    private bool DayMatches(DateTime date)
    {
        var (day, weekday) = (_days.Has(date.Day), _weekdays.Has((int)date.DayOfWeek));
        return _days.Any || _weekdays.Any ? day && weekday : day || weekday;
    }

    private static string? Descriptor(string text) => text switch
    {
        "@yearly" or "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" or "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => null,
    };
}
