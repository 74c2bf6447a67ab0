namespace Temporalio.Server.Schedules;

/// <summary>One field of a cron schedule: the set of its numbers.</summary>
/// <param name="Bits">Bit n is set when n matches.</param>
/// <param name="Any">True when the field says <c>*</c> or <c>?</c>, so that it restricts nothing.</param>
internal readonly record struct CronField(ulong Bits, bool Any)
{
    /// <summary>Minute, hour, day of month, month, day of week.</summary>
    public static readonly (int Min, int Max, string[] Names)[] Bounds =
    [
        (0, 59, []),
        (0, 23, []),
        (1, 31, []),
        (1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        (0, 6, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ];

    public bool Has(int value) => (Bits & (1UL << value)) != 0;

    public static bool TryParse(string text, (int Min, int Max, string[] Names) bounds, out CronField field)
    {
        ulong bits = 0;
        var any = false;
        foreach (var part in text.Split(','))
        {
            if (!TryParsePart(part, bounds, out var partBits, out var partAny))
            {
                field = default;
                return false;
            }

            bits |= partBits;
            any |= partAny;
        }

        field = new CronField(bits, any);
        return true;
    }

    private static bool TryParsePart(string text, (int Min, int Max, string[] Names) bounds, out ulong bits, out bool any)
    {
        bits = 0;
        any = false;
        var slash = text.Split('/');
        var range = slash[0].Split('-');
        var step = 1;
        if (slash.Length > 2 || range.Length > 2 || (slash.Length == 2 && (!TryNumber(slash[1], out step) || step == 0)))
        {
            return false;
        }

        int low, high;
        if (slash[0] is "*" or "?")
        {
            (low, high) = (bounds.Min, bounds.Max);
            any = step == 1;
        }
        else
        {
            if (!TryValue(range[0], bounds, out low))
            {
                return false;
            }

            high = low;
            if (range.Length == 2 && !TryValue(range[1], bounds, out high))
            {
                return false;
            }

            if (range.Length == 1 && slash.Length == 2)
            {
                high = bounds.Max;
            }
        }

        if (low < bounds.Min || high > bounds.Max || low > high)
        {
            return false;
        }

        for (var value = low; value <= high; value += step)
        {
            bits |= 1UL << value;
        }

        return true;
    }

    private static bool TryValue(string text, (int Min, int Max, string[] Names) bounds, out int value)
    {
        var name = Array.FindIndex(bounds.Names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        value = name + bounds.Min;
        return name >= 0 || TryNumber(text, out value);
    }

    private static bool TryNumber(string text, out int value)
    {
        value = 0;
        return text.Length > 0 && text.All(char.IsAsciiDigit) && int.TryParse(text, out value);
    }
}
