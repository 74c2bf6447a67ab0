using System.Text.Json;
using System.Text.Unicode;

namespace Agents.Durable.Gateway.Requests;

/// <summary>Whether the strings of a JSON text are texts: neither the parser nor the database says so before they are read.</summary>
internal static class JsonTexts
{
    /// <summary>False where a string has half a surrogate pair, or bytes that are no UTF-8. The text must be valid JSON otherwise.</summary>
    public static bool AreWhole(ReadOnlySpan<byte> json, int mostDepth = 256)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        // Only an escape can write half a pair.
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0)
        {
            return true;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = mostDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    reader.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
