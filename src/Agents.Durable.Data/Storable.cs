using System.Text;

namespace Agents.Durable.Data;

/// <summary>PostgreSQL's text and jsonb cannot hold U+0000, nor what is not <see cref="WellFormed"/>; tools and models may well produce both.</summary>
public static class Storable
{
    private const string Escape = "\\u0000";

    /// <summary>The text with the character replaced by U+FFFD.</summary>
    public static string Text(string text) => WellFormed.Text(text.Contains('\0') ? text.Replace('\0', '\uFFFD') : text);

    /// <summary>The same for the text of JSON, where the character comes as an escape.</summary>
    public static string Json(string json)
    {
        json = WellFormed.Json(json);
        if (!json.Contains(Escape, StringComparison.Ordinal))
        {
            return json;
        }

        var result = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\')
            {
                result.Append(json[i]);
            }
            else if (json.AsSpan(i).StartsWith(Escape))
            {
                result.Append("\\ufffd");
                i += Escape.Length - 1;
            }
            else
            {
                // An escaped backslash is taken as a pair, so that what follows it is not mistaken for an escape.
                result.Append(json[i]).Append(json[++i]);
            }
        }

        return result.ToString();
    }
}
