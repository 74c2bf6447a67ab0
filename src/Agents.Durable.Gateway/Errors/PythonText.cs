using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Agents.Durable.Gateway.Errors;

/// <summary>Renders JSON values as Python's <c>repr</c> does: error texts of the contract quote the agent's error this way.</summary>
internal static class PythonText
{
    public static string Of(JsonElement value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    public static string Of(string value)
    {
        var text = new StringBuilder();
        AppendString(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AppendAll(text, '{', value.EnumerateObject(), '}', property =>
                {
                    AppendString(text, property.Name);
                    text.Append(": ");
                    Append(text, property.Value);
                });
                break;
            case JsonValueKind.Array:
                AppendAll(text, '[', value.EnumerateArray(), ']', item => Append(text, item));
                break;
            case JsonValueKind.String:
                AppendString(text, value.GetString()!);
                break;
            case JsonValueKind.Number:
                text.Append(Number(value.GetRawText()));
                break;
            default:
                text.Append(value.ValueKind switch { JsonValueKind.True => "True", JsonValueKind.False => "False", _ => "None" });
                break;
        }
    }

    private static void AppendAll<T>(StringBuilder text, char open, IEnumerable<T> items, char close, Action<T> append)
    {
        text.Append(open);
        var first = true;
        foreach (var item in items)
        {
            if (!first)
            {
                text.Append(", ");
            }

            first = false;
            append(item);
        }

        text.Append(close);
    }

    private static string Number(string raw)
    {
        if (raw.AsSpan().IndexOfAny(".eE") < 0)
        {
            return raw;
        }

        var value = double.Parse(raw, CultureInfo.InvariantCulture);
        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        // Python switches to exponents at 1e16 and below 1e-4.
        var magnitude = Math.Abs(value);
        if (magnitude is not 0 && (magnitude >= 1e16 || magnitude < 1e-4))
        {
            var parts = value.ToString("E16", CultureInfo.InvariantCulture).Split('E');
            var shortest = value.ToString("R", CultureInfo.InvariantCulture).Split('E')[0];
            var digits = shortest.TrimStart('-').Replace(".", "", StringComparison.Ordinal).Trim('0');
            var mantissa = digits.Length > 1 ? $"{digits[0]}.{digits[1..]}" : digits;
            var exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
            return $"{(value < 0 ? "-" : "")}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        var text = ((decimal)value).ToString(CultureInfo.InvariantCulture);
        var exact = value.ToString("R", CultureInfo.InvariantCulture);
        text = exact.Contains('E', StringComparison.Ordinal) ? text : exact;
        return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
    }

    private static void AppendString(StringBuilder text, string value)
    {
        var quote = value.Contains('\'', StringComparison.Ordinal) && !value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        foreach (var rune in value.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '\\':
                    text.Append("\\\\");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case var c when c == quote:
                    text.Append('\\').Append(quote);
                    break;
                case < 0x20 or 0x7f or (>= 0x80 and < 0xa1) or 0xad:
                    text.Append($"\\x{rune.Value:x2}");
                    break;
                case var _ when !IsPrintable(rune):
                    text.Append(rune.Value <= 0xffff ? $"\\u{rune.Value:x4}" : $"\\U{rune.Value:x8}");
                    break;
                default:
                    text.Append(rune.ToString());
                    break;
            }
        }

        text.Append(quote);
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
