using System.Globalization;
using System.Text;

namespace Agents.Durable.Data;

/// <summary>
/// Halves of surrogate pairs, which models and tools produce and cuts leave behind, are replaced by U+FFFD: neither PostgreSQL nor the reading of JSON takes them,
/// and what cannot be stored would be asked for again and again.
/// </summary>
public static class WellFormed
{
    private const char Replacement = '\uFFFD';

    public static string Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The same for the text of JSON, where they also come as escapes. Text that is no JSON stays none.</summary>
    public static string Json(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (!json.Contains("\\ud", StringComparison.OrdinalIgnoreCase))
        {
            return Text(json);
        }

        var result = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\' || i + 1 == json.Length)
            {
                result.Append(json[i]);
            }
            else if (EscapeAt(json, i) is not { } unit || !char.IsSurrogate(unit))
            {
                // An escaped backslash is taken as a pair, so that what follows it is not mistaken for an escape.
                result.Append(json[i]).Append(json[++i]);
            }
            else if (char.IsHighSurrogate(unit) && EscapeAt(json, i + 6) is { } low && char.IsLowSurrogate(low))
            {
                result.Append(json, i, 12);
                i += 11;
            }
            else
            {
                result.Append(Replacement);
                i += 5;
            }
        }

        return Text(result.ToString());
    }

    private static char? EscapeAt(string json, int at) =>
        at + 6 <= json.Length && json[at] == '\\' && json[at + 1] == 'u' && ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
