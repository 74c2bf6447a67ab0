using Google.Protobuf.Collections;
using Temporalio.Api.Schedule.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Frontend;
using Range = Temporalio.Api.Schedule.V1.Range;

namespace Temporalio.Server.Schedules;

/// <summary>Specs as they are kept: calendars and cron texts in structured form.</summary>
internal static class ScheduleSpecs
{
    private const int MaxComment = 200;

    // The server's own zone, which is UTC.
    private const string Local = "Local";

    /// <exception cref="RpcFault">INVALID_ARGUMENT.</exception>
    public static ScheduleSpec Canonical(ScheduleSpec? spec)
    {
        var result = spec?.Clone() ?? new ScheduleSpec();
        result.Calendar.Clear();
        result.CronString.Clear();
        result.ExcludeCalendar.Clear();
        foreach (var calendar in result.StructuredCalendar)
        {
            Normalise(calendar, exact: true);
        }

        foreach (var calendar in result.ExcludeStructuredCalendar)
        {
            // What excludes nothing is let pass.
            Normalise(calendar, exact: false);
        }

        foreach (var interval in result.Interval)
        {
            CheckInterval(interval);
        }

        foreach (var calendar in spec?.Calendar ?? [])
        {
            result.StructuredCalendar.Add(Structured(calendar));
        }

        foreach (var cron in spec?.CronString ?? [])
        {
            AddCron(result, cron);
        }

        foreach (var calendar in spec?.ExcludeCalendar ?? [])
        {
            result.ExcludeStructuredCalendar.Add(Structured(calendar));
        }

        if (result.TimezoneName is not ("" or Local) && !TimeZoneInfo.TryFindSystemTimeZoneById(result.TimezoneName, out _))
        {
            throw Invalid($"unknown time zone {result.TimezoneName}");
        }

        return result;
    }

    private static void CheckInterval(IntervalSpec interval)
    {
        if (interval.Interval.ToSpan() < TimeSpan.FromSeconds(1))
        {
            throw Invalid("interval is too small");
        }

        if (interval.Phase.ToSpan() < TimeSpan.Zero || interval.Phase.ToSpan() >= interval.Interval.ToSpan())
        {
            throw Invalid("phase must be between 0 and the interval");
        }
    }

    private static void Normalise(StructuredCalendarSpec calendar, bool exact)
    {
        if (exact && calendar.Comment.Length > MaxComment)
        {
            throw Invalid("comment is too long");
        }

        Normalise(calendar.Second, ScheduleRanges.Second, exact);
        Normalise(calendar.Minute, ScheduleRanges.Minute, exact);
        Normalise(calendar.Hour, ScheduleRanges.Hour, exact);
        Normalise(calendar.DayOfMonth, ScheduleRanges.DayOfMonth, exact);
        Normalise(calendar.Month, ScheduleRanges.Month, exact);
        Normalise(calendar.Year, ScheduleRanges.Year, exact);
        // In a text Sunday may be 7, here it is 0 only.
        Normalise(calendar.DayOfWeek, ScheduleRanges.DayOfWeek with { Max = 6 }, exact);
    }

    private static void Normalise(RepeatedField<Range> ranges, ScheduleField field, bool exact)
    {
        foreach (var range in ranges)
        {
            range.Step = Math.Max(range.Step, 1);
            if (exact && range.End != 0 && range.End < range.Start)
            {
                throw Invalid($"{field.Name} ends before it starts");
            }

            range.End = Math.Max(range.End, range.Start);
            if (exact && (range.Start < field.Min || range.End > field.Max))
            {
                throw Invalid($"{field.Name} is out of range");
            }
        }
    }

    private static StructuredCalendarSpec Structured(CalendarSpec calendar)
    {
        var result = new StructuredCalendarSpec { Comment = calendar.Comment };
        result.Second.AddRange(ScheduleRanges.Parse(ScheduleRanges.Second, calendar.Second));
        result.Minute.AddRange(ScheduleRanges.Parse(ScheduleRanges.Minute, calendar.Minute));
        result.Hour.AddRange(ScheduleRanges.Parse(ScheduleRanges.Hour, calendar.Hour));
        result.DayOfMonth.AddRange(ScheduleRanges.Parse(ScheduleRanges.DayOfMonth, calendar.DayOfMonth));
        result.Month.AddRange(ScheduleRanges.Parse(ScheduleRanges.Month, calendar.Month));
        result.Year.AddRange(ScheduleRanges.Parse(ScheduleRanges.Year, calendar.Year));
        result.DayOfWeek.AddRange(ScheduleRanges.Parse(ScheduleRanges.DayOfWeek, calendar.DayOfWeek));
        return result;
    }

    private static void AddCron(ScheduleSpec spec, string text)
    {
        var comment = "";
        if (text.IndexOf('#') is var hash and >= 0)
        {
            comment = text[(hash + 1)..].Trim();
            text = text[..hash];
        }

        text = text.Trim();
        if (text.StartsWith("CRON_TZ=", StringComparison.Ordinal) || text.StartsWith("TZ=", StringComparison.Ordinal))
        {
            var space = text.IndexOf(' ');
            if (space < 0)
            {
                throw Invalid("CRON_TZ has no schedule after it");
            }

            var zone = text[(text.IndexOf('=') + 1)..space];
            if (spec.TimezoneName.Length > 0 && spec.TimezoneName != zone)
            {
                throw Invalid("conflicting time zones");
            }

            spec.TimezoneName = zone;
            text = text[space..].Trim();
        }

        if (text.StartsWith("@every ", StringComparison.Ordinal))
        {
            spec.Interval.Add(Every(text["@every ".Length..]));
            return;
        }

        spec.StructuredCalendar.Add(Structured(OfCron(text, comment)));
    }

    private static IntervalSpec Every(string text)
    {
        var parts = text.Split('/');
        if (parts.Length > 2 || !GoDuration.TryParse(parts[0].Trim(), out var interval, days: true))
        {
            throw Invalid($"invalid interval {text}");
        }

        var phase = TimeSpan.Zero;
        if (parts.Length == 2 && parts[1].Trim() is { Length: > 0 } offset && !GoDuration.TryParse(offset, out phase, days: true))
        {
            throw Invalid($"invalid phase {text}");
        }

        var spec = new IntervalSpec { Interval = interval.ToProto(), Phase = phase > TimeSpan.Zero ? phase.ToProto() : null };
        CheckInterval(spec);
        return spec;
    }

    private static CalendarSpec OfCron(string text, string comment)
    {
        text = text switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            _ => text,
        };
        var f = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return f.Length switch
        {
            5 => new() { Second = "0", Minute = f[0], Hour = f[1], DayOfMonth = f[2], Month = f[3], DayOfWeek = f[4], Comment = comment },
            6 => new() { Second = "0", Minute = f[0], Hour = f[1], DayOfMonth = f[2], Month = f[3], DayOfWeek = f[4], Year = f[5], Comment = comment },
            7 => new() { Second = f[0], Minute = f[1], Hour = f[2], DayOfMonth = f[3], Month = f[4], DayOfWeek = f[5], Year = f[6], Comment = comment },
            _ => throw Invalid("CronString does not have 5-7 fields"),
        };
    }

    private static RpcFault Invalid(string message) => Faults.Invalid($"Invalid schedule spec: {message}");
}
