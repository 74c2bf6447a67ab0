using System.Globalization;
using System.Text.RegularExpressions;

namespace Agents.Durable.Gateway.Requests;

/// <summary>
/// Times as Agentex's validator reads them: ISO 8601 with or without a time, seconds and a zone, or the seconds since 1970, milliseconds where they are too
/// many for seconds. Without a zone it is UTC.
/// </summary>
internal static partial class PythonTimes
{
    /// <summary>From here on a number counts milliseconds.</summary>
    private const double MostSeconds = 2e10;

    /// <summary>Null where the text is no time.</summary>
    public static DateTimeOffset? Parse(string text)
    {
        if (Seconds().IsMatch(text))
        {
            return OfNumber(double.Parse(text, CultureInfo.InvariantCulture));
        }

        if (Form().Match(text) is not { Success: true } match)
        {
            return null;
        }

        int Number(string name) => match.Groups[name] is { Success: true } group ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;
        var offset = new TimeSpan(Number("zh"), Number("zm"), 0);
        var (year, month, day, hour, minute, second) = (Number("y"), Number("mo"), Number("d"), Number("h"), Number("mi"), Number("s"));
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59 || Number("zm") > 59 || offset.TotalHours > 14)
        {
            return null;
        }

        var micros = match.Groups["f"] is { Success: true } fraction ? int.Parse(fraction.Value.PadRight(6, '0')[..6], CultureInfo.InvariantCulture) : 0;
        var local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified).AddMicroseconds(micros);
        try
        {
            return new DateTimeOffset(local, match.Groups["sign"].Value is "" or "+" ? offset : -offset);
        }
        catch (ArgumentOutOfRangeException)
        {
            // Before the year 1 or after the year 9999 in UTC.
            return null;
        }
    }

    /// <summary>Null where the number is out of range.</summary>
    public static DateTimeOffset? OfNumber(double number)
    {
        var seconds = Math.Abs(number) > MostSeconds ? number / 1000 : number;
        return seconds is > -62_135_596_800 and < 253_402_300_800 ? DateTimeOffset.UnixEpoch.AddMicroseconds(Math.Round(seconds * 1e6)) : null;
    }

    [GeneratedRegex(@"^[+-]?[0-9]+(\.[0-9]+)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Seconds();

    [GeneratedRegex(
        @"^(?<y>[0-9]{4})-(?<mo>[0-9]{2})-(?<d>[0-9]{2})([Tt _](?<h>[0-9]{2}):(?<mi>[0-9]{2})(:(?<s>[0-9]{2})([.,](?<f>[0-9]+))?)?([Zz]|(?<sign>[+\-−])(?<zh>[0-9]{2}):?(?<zm>[0-9]{2}))?)?\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
