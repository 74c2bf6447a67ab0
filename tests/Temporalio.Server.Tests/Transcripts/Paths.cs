using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>Places in an answer: <c>a.b[0].c</c>, <c>[-1]</c> for the last item, <c>@key</c> for a map's first key.</summary>
internal static partial class Paths
{
    public static JsonNode? Get(JsonNode? node, string path)
    {
        foreach (var part in path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            node = (node, part) switch
            {
                (JsonArray { Count: > 0 } items, "-1") => items[^1],
                (JsonArray items, _) when int.TryParse(part, out var index) && index < items.Count => items[index],
                (JsonObject { Count: > 0 } map, "@key") => JsonValue.Create(map.First().Key),
                (JsonObject fields, _) => fields[part],
                _ => null,
            };
        }

        return node;
    }

    /// <summary>Whether a step's <c>ignore</c> entry means this place: <c>[*]</c> is any index, <c>*</c> any one name.</summary>
    public static bool Matches(string pattern, string path) =>
        Regex.IsMatch(path, "^" + Special().Replace(pattern, "\\$0").Replace("\\[*\\]", "\\[\\d+\\]", StringComparison.Ordinal).Replace("*", "[^.]*", StringComparison.Ordinal) + "$");

    [GeneratedRegex(@"[.+?^$()|\\{}\[\]]")]
    private static partial Regex Special();
}
