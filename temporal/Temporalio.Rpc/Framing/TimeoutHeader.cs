using System.Globalization;

namespace Temporalio.Rpc.Framing;

/// <summary>The <c>grpc-timeout</c> header: at most eight digits and a unit.</summary>
internal static class TimeoutHeader
{
    public const string Name = "grpc-timeout";

    private static readonly (char Unit, long Ticks)[] s_units =
    [
        ('u', TimeSpan.TicksPerMicrosecond), ('m', TimeSpan.TicksPerMillisecond), ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute), ('H', TimeSpan.TicksPerHour),
    ];

    public static string Format(TimeSpan timeout)
    {
        var ticks = Math.Max(timeout.Ticks, 0);
        foreach (var (unit, size) in s_units)
        {
            // Rounded up: a deadline that the peer sees must not come before the caller's own.
            var count = (ticks + size - 1) / size;
            if (count <= 99_999_999)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{count}{unit}");
            }
        }
        return "99999999H";
    }

    /// <summary>False when the text is no timeout.</summary>
    public static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }
        if (text[^1] == 'n')
        {
            timeout = TimeSpan.FromTicks(count / TimeSpan.NanosecondsPerTick);
            return true;
        }
        foreach (var (unit, size) in s_units)
        {
            if (unit == text[^1])
            {
                timeout = count > TimeSpan.MaxValue.Ticks / size ? TimeSpan.MaxValue : TimeSpan.FromTicks(count * size);
                return true;
            }
        }
        return false;
    }
}
