using System.Text.Json;
using System.Text.Json.Nodes;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>The first place where an answer is not the recorded one, in words; <see langword="null"/> if there is none.</summary>
internal static class Difference
{
    private const int LongestShown = 200;

    public static string? Find(JsonNode? expected, JsonNode? actual, string path = "")
    {
        if (IsAny(expected))
        {
            return null;
        }

        return (expected, actual) switch
        {
            (JsonArray e, JsonArray a) => Items(e, a, path),
            (JsonObject e, JsonObject a) => Fields(e, a, path),
            _ => Same(expected, actual) ? null : $"{path}: expected {Show(expected)} got {Show(actual)}",
        };
    }

    private static string? Items(JsonArray expected, JsonArray actual, string path)
    {
        for (var i = 0; i < Math.Min(expected.Count, actual.Count); i++)
        {
            if (Find(expected[i], actual[i], $"{path}[{i}]") is { } difference)
            {
                return difference;
            }
        }

        return expected.Count == actual.Count ? null
            : $"{path}: expected {expected.Count} items got {actual.Count}, first of the longer {Show(expected.Count > actual.Count ? expected[actual.Count] : actual[expected.Count])}";
    }

    private static string? Fields(JsonObject expected, JsonObject actual, string path)
    {
        foreach (var (name, value) in expected)
        {
            var here = path.Length == 0 ? name : $"{path}.{name}";
            if (!actual.ContainsKey(name))
            {
                if (!IsAny(value))
                {
                    return $"{here}: missing, expected {Show(value)}";
                }
            }
            else if (Find(value, actual[name], here) is { } difference)
            {
                return difference;
            }
        }

        var extra = actual.FirstOrDefault(f => !expected.ContainsKey(f.Key) && !IsAny(f.Value));
        return extra.Key is null ? null : $"{(path.Length == 0 ? extra.Key : $"{path}.{extra.Key}")}: unexpected {Show(extra.Value)}";
    }

    private static bool Same(JsonNode? expected, JsonNode? actual) =>
        expected?.GetValueKind() == JsonValueKind.Number && actual?.GetValueKind() == JsonValueKind.Number
            ? Number(expected) == Number(actual)
            : JsonNode.DeepEquals(expected, actual);

    private static double Number(JsonNode value) => double.Parse(value.ToJsonString());

    private static bool IsAny(JsonNode? value) => value is JsonValue v && v.TryGetValue<string>(out var text) && text == "<any>";

    private static string Show(JsonNode? value)
    {
        var text = value?.ToJsonString(s_readable) ?? "nothing";
        return text.Length > LongestShown ? text[..LongestShown] + "…" : text;
    }

    private static readonly JsonSerializerOptions s_readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
