using System.Text;
using Temporalio.Api.Schedule.V1;
using Temporalio.Server.Execution.State;
using Range = Temporalio.Api.Schedule.V1.Range;

namespace Temporalio.Server.Schedules;

/// <summary>A time of a schedule: what it is called after, and when it is due with its jitter.</summary>
internal readonly record struct ScheduledTime(DateTimeOffset Nominal, DateTimeOffset Due);

/// <summary>When a schedule acts.</summary>
internal sealed class ScheduleTimes
{
    private const int MaxExcluded = 10_000;
    private const int LastYear = 2100;

    private readonly ScheduleSpec _spec;
    private readonly string _scheduleId;
    private readonly TimeZoneInfo _zone;

    public ScheduleTimes(ScheduleSpec spec, string scheduleId)
    {
        _spec = spec;
        _scheduleId = scheduleId;
        _zone = TimeZoneInfo.TryFindSystemTimeZoneById(spec.TimezoneName, out var zone) ? zone : TimeZoneInfo.Utc;
    }

    /// <summary>The first time after <paramref name="after"/>; <see langword="null"/> if there is none.</summary>
    public ScheduledTime? Next(DateTimeOffset after)
    {
        if (_spec.StartTime is { } start && after < start.ToDateTimeOffset())
        {
            after = start.ToDateTimeOffset() - TimeSpan.FromSeconds(1);
        }

        after = DateTimeOffset.FromUnixTimeSeconds(after.ToUnixTimeSeconds());
        for (var i = 0; i < MaxExcluded; i++)
        {
            if (NextOfMembers(after) is not { } next || (_spec.EndTime is { } end && next > end.ToDateTimeOffset()))
            {
                return null;
            }

            if (!IsExcluded(next))
            {
                return new ScheduledTime(next, next + Jitter(next));
            }

            after = next;
        }

        return null;
    }

    private DateTimeOffset? NextOfMembers(DateTimeOffset after)
    {
        DateTimeOffset? earliest = null;
        foreach (var calendar in _spec.StructuredCalendar)
        {
            Consider(NextOf(calendar, after));
        }

        foreach (var interval in _spec.Interval)
        {
            var length = (long)interval.Interval.ToSpan().TotalSeconds;
            var phase = (long)interval.Phase.ToSpan().TotalSeconds;
            // Nothing happens before 1970; rounded towards zero.
            var seconds = Math.Max(after.ToUnixTimeSeconds(), 0) - phase;
            Consider(DateTimeOffset.FromUnixTimeSeconds((((seconds / length) + 1) * length) + phase));
        }

        return earliest;

        void Consider(DateTimeOffset? time)
        {
            if (time is { } t && (earliest is not { } e || t < e))
            {
                earliest = t;
            }
        }
    }

    private DateTimeOffset? NextOf(StructuredCalendarSpec calendar, DateTimeOffset after)
    {
        var first = TimeZoneInfo.ConvertTime(after, _zone).DateTime;
        // An hour back, because a clock that was set back shows this hour twice.
        for (var day = first.AddHours(-1).Date; day.Year <= LastYear; day = day.AddDays(1))
        {
            if (!Has(calendar.Year, day.Year, everyIfEmpty: true))
            {
                day = new DateTime(day.Year, 12, 31, 0, 0, 0, DateTimeKind.Unspecified);
                continue;
            }

            if (!Has(calendar.Month, day.Month) || !Has(calendar.DayOfMonth, day.Day) || !HasWeekday(calendar, day))
            {
                continue;
            }

            if (NextOf(calendar, day, after) is { } time)
            {
                return time;
            }
        }

        return null;
    }

    private DateTimeOffset? NextOf(StructuredCalendarSpec calendar, DateTime day, DateTimeOffset after)
    {
        foreach (var hour in Values(calendar.Hour))
        {
            foreach (var minute in Values(calendar.Minute))
            {
                foreach (var second in Values(calendar.Second))
                {
                    var local = day.AddSeconds((hour * 3600) + (minute * 60) + second);
                    if (!_zone.IsInvalidTime(local) && new DateTimeOffset(local, _zone.GetUtcOffset(local)).ToUniversalTime() is var time && time > after)
                    {
                        return time;
                    }
                }
            }
        }

        return null;
    }

    private bool IsExcluded(DateTimeOffset time)
    {
        var local = TimeZoneInfo.ConvertTime(time, _zone).DateTime;
        foreach (var c in _spec.ExcludeStructuredCalendar)
        {
            if (Has(c.Year, local.Year, everyIfEmpty: true) && Has(c.Month, local.Month) && Has(c.DayOfMonth, local.Day) && HasWeekday(c, local) &&
                Has(c.Hour, local.Hour) && Has(c.Minute, local.Minute) && Has(c.Second, local.Second))
            {
                return true;
            }
        }

        return false;
    }

    // The same for the same time and schedule, and never past the next time.
    private TimeSpan Jitter(DateTimeOffset nominal)
    {
        var jitter = _spec.Jitter.ToSpan();
        if (jitter <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        var limit = NextOfMembers(nominal) is { } next && next - nominal < jitter ? next - nominal : jitter;
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(_scheduleId + nominal.ToUnixTimeSeconds()))
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        return limit * ((hash >> 11) / (double)(1UL << 53));
    }

    private static bool HasWeekday(StructuredCalendarSpec calendar, DateTime day) =>
        Has(calendar.DayOfWeek, (int)day.DayOfWeek) || (day.DayOfWeek == System.DayOfWeek.Sunday && Has(calendar.DayOfWeek, 7));

    private static bool Has(IReadOnlyList<Range> ranges, int value, bool everyIfEmpty = false)
    {
        foreach (var range in ranges)
        {
            if (value >= range.Start && value <= range.End && (value - range.Start) % range.Step == 0)
            {
                return true;
            }
        }

        return everyIfEmpty && ranges.Count == 0;
    }

    private static IEnumerable<int> Values(IReadOnlyList<Range> ranges)
    {
        var values = new SortedSet<int>();
        foreach (var range in ranges)
        {
            for (var v = range.Start; v <= range.End; v += range.Step)
            {
                values.Add(v);
            }
        }

        return values;
    }
}
