using System.Globalization;
using Temporalio.Rpc;
using Temporalio.Server.Frontend;
using Range = Temporalio.Api.Schedule.V1.Range;

namespace Temporalio.Server.Schedules;

/// <summary>A field of a calendar: its bounds, the names of its values, and what it is when it says nothing.</summary>
internal sealed record ScheduleField(string Name, int Min, int Max, string Default, params string[] Names);

/// <summary>Texts like <c>1-5,10/2</c> as ranges.</summary>
internal static class ScheduleRanges
{
    public static readonly ScheduleField Second = new("second", 0, 59, "0");
    public static readonly ScheduleField Minute = new("minute", 0, 59, "0");
    public static readonly ScheduleField Hour = new("hour", 0, 23, "0");
    public static readonly ScheduleField DayOfMonth = new("dayOfMonth", 1, 31, "*");
    public static readonly ScheduleField Month = new("month", 1, 12, "*", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    public static readonly ScheduleField Year = new("year", 2000, 2100, "*");
    public static readonly ScheduleField DayOfWeek = new("dayOfWeek", 0, 7, "*", "sun", "mon", "tue", "wed", "thu", "fri", "sat");

    /// <summary>The ranges; none if every year is meant.</summary>
    /// <exception cref="RpcFault">INVALID_ARGUMENT.</exception>
    public static IReadOnlyList<Range> Parse(ScheduleField field, string text)
    {
        text = text.Trim();
        text = text.Length == 0 ? field.Default : text;
        var max = field == DayOfWeek ? 6 : field.Max;
        List<Range> ranges = [];
        foreach (var part in text.Split(','))
        {
            var pieces = part.Split('/');
            var step = 1;
            if (pieces.Length > 2 || (pieces.Length == 2 && (!int.TryParse(pieces[1], NumberStyles.None, CultureInfo.InvariantCulture, out step) || step < 1)))
            {
                throw Invalid(field, text);
            }

            if (pieces[0] == "*")
            {
                if (field == Year && step == 1)
                {
                    continue;
                }

                ranges.Add(new Range { Start = field.Min, End = max, Step = step });
                continue;
            }

            var bounds = pieces[0].Split('-');
            if (bounds.Length > 2)
            {
                throw Invalid(field, text);
            }

            var start = Value(field, bounds[0], text);
            var end = bounds.Length == 2 ? Value(field, bounds[1], text) : pieces.Length == 2 ? max : start;
            if (end < start)
            {
                throw Invalid(field, text);
            }

            Add(field, ranges, start, end, step);
        }

        return ranges;
    }

    // Sunday is 0, and 7 to those who end their weeks with it.
    private static void Add(ScheduleField field, List<Range> ranges, int start, int end, int step)
    {
        if (field != DayOfWeek || end < 7)
        {
            ranges.Add(new Range { Start = start, End = end, Step = step });
            return;
        }

        if ((end - start) % step == 0)
        {
            ranges.Add(new Range { Start = 0, End = 0, Step = 1 });
        }

        if (start < 7)
        {
            ranges.Add(new Range { Start = start, End = 6, Step = step });
        }
    }

    private static int Value(ScheduleField field, string value, string text)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number >= field.Min && number <= field.Max ? number : throw Invalid(field, text);
        }

        for (var i = 0; i < field.Names.Length; i++)
        {
            if (value.Length >= 3 && field == Month && Full(field, i).StartsWith(value, StringComparison.OrdinalIgnoreCase))
            {
                return i + field.Min;
            }

            if (value.Length >= 3 && value.StartsWith(field.Names[i], StringComparison.OrdinalIgnoreCase) && Full(field, i).StartsWith(value, StringComparison.OrdinalIgnoreCase))
            {
                return i + field.Min;
            }
        }

        throw Invalid(field, text);
    }

    private static string Full(ScheduleField field, int index) => field == Month
        ? CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[index]
        : CultureInfo.InvariantCulture.DateTimeFormat.DayNames[index];

    private static RpcFault Invalid(ScheduleField field, string text) => Faults.Invalid($"Invalid schedule spec: {field.Name} is not valid: {text}");
}
