using System.Buffers;
using System.Text;
using System.Text.Json;
using Agents.Durable.Gateway.Requests;

namespace Agents.Durable.Gateway.Errors;

/// <summary>What Python's JSON decoder says about a text that is none: these words are part of error texts.</summary>
internal static class PythonJson
{
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>The words and the place where the decoder stops, or null for a text that is JSON.</summary>
    public static Fault? FaultOf(string text)
    {
        var position = Skip(text, 0);
        var fault = Value(text, ref position);
        if (fault is not null)
        {
            return fault;
        }

        position = Skip(text, position);
        return position < text.Length ? new Fault("Extra data", position) : null;
    }

    /// <summary>The decoder's whole message: words, line, column and place.</summary>
    public static string Describe(string text, Fault fault)
    {
        var before = text.AsSpan(0, fault.Position);
        var line = before.Count('\n') + 1;
        var column = fault.Position - before.LastIndexOf('\n');
        return $"{fault.Words}: line {line} column {column} (char {fault.Position})";
    }

    /// <summary>The value, or the fault where there is none.</summary>
    public static (JsonElement? Value, Fault? Fault) Parse(string text)
    {
        try
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            using var document = JsonDocument.Parse(bytes);
            return JsonTexts.AreWhole(bytes) ? (document.RootElement.Clone(), null) : (null, new Fault("Invalid \\escape", 0));
        }
        catch (JsonException)
        {
            // Where the two decoders disagree (NaN, for one), the text counts as wrong from its start.
            return (null, FaultOf(text) ?? new Fault("Expecting value", 0));
        }
    }

    private static Fault? Value(string text, ref int position)
    {
        if (position >= text.Length)
        {
            return new Fault("Expecting value", position);
        }

        switch (text[position])
        {
            case '"':
                return String(text, ref position);
            case '{':
                return Object(text, ref position);
            case '[':
                return Array(text, ref position);
            default:
                return Literal(text, ref position);
        }
    }

    private static Fault? Literal(string text, ref int position)
    {
        foreach (var word in (ReadOnlySpan<string>)["null", "true", "false", "NaN", "Infinity", "-Infinity"])
        {
            if (text.AsSpan(position).StartsWith(word, StringComparison.Ordinal))
            {
                position += word.Length;
                return null;
            }
        }

        var start = position;
        var at = position < text.Length && text[position] == '-' ? position + 1 : position;
        if (at >= text.Length || !char.IsAsciiDigit(text[at]))
        {
            return new Fault("Expecting value", start);
        }

        at = text[at] == '0' ? at + 1 : Digits(text, at);
        if (at + 1 < text.Length && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
        {
            at = Digits(text, at + 1);
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            var digits = at + 1 < text.Length && text[at + 1] is '+' or '-' ? at + 2 : at + 1;
            at = digits < text.Length && char.IsAsciiDigit(text[digits]) ? Digits(text, digits) : at;
        }

        position = at;
        return null;
    }

    private static int Digits(string text, int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at;
    }

    private static Fault? String(string text, ref int position)
    {
        var start = position;
        for (var at = position + 1; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '"':
                    position = at + 1;
                    return null;
                case '\\' when at + 1 < text.Length && text[at + 1] == 'u':
                    if (at + 5 >= text.Length || !text.AsSpan(at + 2, 4).ContainsOnlyHex())
                    {
                        return new Fault("Invalid \\uXXXX escape", at + 1);
                    }

                    at += 5;
                    break;
                case '\\':
                    at++;
                    if (at < text.Length && !"\"\\/bfnrt".Contains(text[at], StringComparison.Ordinal))
                    {
                        return new Fault($"Invalid \\escape: {PythonText.Of(text[at].ToString())}", at);
                    }

                    break;
                case < ' ':
                    return new Fault("Invalid control character at", at);
            }
        }

        return new Fault("Unterminated string starting at", start);
    }

    private static bool ContainsOnlyHex(this ReadOnlySpan<char> text) => text.IndexOfAnyExcept(s_hex) < 0;

    private static Fault? Object(string text, ref int position)
    {
        const string NameExpected = "Expecting property name enclosed in double quotes";
        var at = Skip(text, position + 1);
        if (at < text.Length && text[at] == '}')
        {
            position = at + 1;
            return null;
        }

        while (true)
        {
            if (at >= text.Length || text[at] != '"')
            {
                return new Fault(NameExpected, at);
            }

            if (String(text, ref at) is { } wrong)
            {
                return wrong;
            }

            at = Skip(text, at);
            if (at >= text.Length || text[at] != ':')
            {
                return new Fault("Expecting ':' delimiter", at);
            }

            at = Skip(text, at + 1);
            if (Value(text, ref at) is { } fault)
            {
                return fault;
            }

            at = Skip(text, at);
            if (at < text.Length && text[at] == '}')
            {
                position = at + 1;
                return null;
            }

            if (at >= text.Length || text[at] != ',')
            {
                return new Fault("Expecting ',' delimiter", at);
            }

            at = Skip(text, at + 1);
        }
    }

    private static Fault? Array(string text, ref int position)
    {
        var at = Skip(text, position + 1);
        if (at < text.Length && text[at] == ']')
        {
            position = at + 1;
            return null;
        }

        while (true)
        {
            if (Value(text, ref at) is { } fault)
            {
                return fault;
            }

            at = Skip(text, at);
            if (at < text.Length && text[at] == ']')
            {
                position = at + 1;
                return null;
            }

            if (at >= text.Length || text[at] != ',')
            {
                return new Fault("Expecting ',' delimiter", at);
            }

            at = Skip(text, at + 1);
        }
    }

    private static int Skip(string text, int position)
    {
        while (position < text.Length && text[position] is ' ' or '\t' or '\n' or '\r')
        {
            position++;
        }

        return position;
    }

    /// <param name="Words">Without the place.</param>
    /// <param name="Position">In characters, from 0.</param>
    internal sealed record Fault(string Words, int Position);
}
