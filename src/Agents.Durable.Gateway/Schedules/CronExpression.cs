using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Agents.Durable.Gateway.Schedules;

/// <summary>
/// Minute, hour, day of month, month, day of week; each a list of values, ranges and steps, months and days also by name, and the usual shorthands.
/// All fields must fit, as Temporal's calendars have it.
/// </summary>
internal sealed class CronExpression
{
    // Leap days of one weekday come at least every 40 years, also around the turn of a century.
    private const int LongestSearchInDays = 41 * 366;
    private static readonly string[] s_months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] s_days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private readonly SortedSet<int> _minutes;
    private readonly SortedSet<int> _hours;
    private readonly SortedSet<int> _monthDays;
    private readonly SortedSet<int> _months;
    private readonly SortedSet<int> _weekDays;

    private CronExpression(IReadOnlyList<SortedSet<int>> fields)
    {
        (_minutes, _hours, _monthDays, _months, _weekDays) = (fields[0], fields[1], fields[2], fields[3], fields[4]);
        if (_weekDays.Remove(7))
        {
            _weekDays.Add(0);
        }
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out CronExpression? expression)
    {
        expression = null;
        var parts = Expanded(text.Trim()).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 5)
        {
            return false;
        }

        (int Least, int Most, string[] Names)[] shapes = [(0, 59, []), (0, 23, []), (1, 31, []), (1, 12, s_months), (0, 7, s_days)];
        var fields = new List<SortedSet<int>>();
        foreach (var (part, shape) in parts.Zip(shapes))
        {
            if (Field(part, shape.Least, shape.Most, shape.Names) is not { } field)
            {
                return false;
            }

            fields.Add(field);
        }

        expression = new CronExpression(fields);
        return true;
    }

    /// <summary>The times that fit in a zone, in order, after a moment. A local time that the clock leaves out is left out; of one that comes twice the first counts.</summary>
    public IEnumerable<DateTimeOffset> After(DateTimeOffset moment, TimeZoneInfo zone)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, zone).DateTime);
        for (var searched = 0; searched < LongestSearchInDays && day < DateOnly.MaxValue; searched++, day = day.AddDays(1))
        {
            if (!_months.Contains(day.Month) || !_monthDays.Contains(day.Day) || !_weekDays.Contains((int)day.DayOfWeek))
            {
                continue;
            }

            foreach (var time in TimesOf(day, zone).Where(time => time > moment))
            {
                searched = 0;
                yield return time;
            }
        }
    }

    private IEnumerable<DateTimeOffset> TimesOf(DateOnly day, TimeZoneInfo zone) =>
        from hour in _hours
        from minute in _minutes
        let local = day.ToDateTime(new TimeOnly(hour, minute))
        where !zone.IsInvalidTime(local)
        let offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local)
        select new DateTimeOffset(local, offset).ToUniversalTime();

    private static string Expanded(string text) => text.ToLowerInvariant() switch
    {
        "@yearly" or "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" or "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => text,
    };

    private static SortedSet<int>? Field(string text, int least, int most, string[] names)
    {
        var values = new SortedSet<int>();
        foreach (var item in text.Split(','))
        {
            var pieces = item.Split('/');
            if (pieces.Length > 2 || Range(pieces[0], least, most, names) is not { } ends || Step(pieces) is not { } step)
            {
                return null;
            }

            // "5/15" goes on to the end of the field.
            var last = pieces.Length == 2 && ends.From == ends.To ? LastOf(most) : ends.To;
            for (var value = ends.From; value <= last; value += step)
            {
                values.Add(value);
            }
        }

        return values;
    }

    private static int? Step(string[] pieces)
    {
        if (pieces.Length == 1)
        {
            return 1;
        }

        return int.TryParse(pieces[1], NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step is > 0 and < 1000 ? step : null;
    }

    // Sunday may be written as 7, but is 0.
    private static int LastOf(int most) => most == 7 ? 6 : most;

    private static (int From, int To)? Range(string text, int least, int most, string[] names)
    {
        if (text is "*" or "?")
        {
            return (least, LastOf(most));
        }

        var ends = text.Split('-').Select(end => Value(end, least, most, names)).ToArray();
        return ends switch
        {
            [{ } only] => (only, only),
            [{ } from, { } to] when from <= to => (from, to),
            _ => null,
        };
    }

    private static int? Value(string text, int least, int most, string[] names)
    {
        var named = Array.IndexOf(names, text.ToLowerInvariant());
        if (named >= 0)
        {
            return named + least;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value : null;
    }
}
