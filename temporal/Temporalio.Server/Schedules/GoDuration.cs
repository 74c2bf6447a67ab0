using System.Globalization;

namespace Temporalio.Server.Schedules;

/// <summary>Durations as Go writes them: <c>1h30m</c>, <c>1.5s</c>, <c>500ms</c>, <c>0</c>.</summary>
internal static class GoDuration
{
    /// <param name="text">The text.</param>
    /// <param name="value">The duration.</param>
    /// <param name="days">Whether <c>d</c> is a unit, too: to Go itself it is none.</param>
    public static bool TryParse(string text, out TimeSpan value, bool days = false)
    {
        value = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        var rest = text.AsSpan();
        var sign = 1;
        if (rest.Length > 0 && rest[0] is '-' or '+')
        {
            sign = rest[0] == '-' ? -1 : 1;
            rest = rest[1..];
        }

        if (rest.IsEmpty)
        {
            return false;
        }

        double ticks = 0;
        while (!rest.IsEmpty)
        {
            var digits = 0;
            while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.'))
            {
                digits++;
            }

            var unit = digits;
            while (unit < rest.Length && !char.IsAsciiDigit(rest[unit]) && rest[unit] != '.')
            {
                unit++;
            }

            if (!double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || TicksOf(rest[digits..unit], days) is not { } each)
            {
                return false;
            }

            ticks += number * each;
            rest = rest[unit..];
        }

        if (ticks > TimeSpan.MaxValue.Ticks)
        {
            return false;
        }

        value = TimeSpan.FromTicks((long)ticks * sign);
        return true;
    }

    private static double? TicksOf(ReadOnlySpan<char> unit, bool days) => unit switch
    {
        "ns" => 0.01,
        "us" or "µs" or "μs" => 10,
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        "d" when days => TimeSpan.TicksPerDay,
        _ => null,
    };
}
