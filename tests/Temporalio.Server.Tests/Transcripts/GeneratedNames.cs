using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>One play's view of generated values: the run's suffix becomes <c>${u}</c>, every UUID <c>&lt;id:N&gt;</c> by first appearance.</summary>
internal sealed partial class GeneratedNames(string suffix)
{
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    public string Text(string value) => Uuid().Replace(value.Replace(suffix, "${u}", StringComparison.Ordinal), match =>
    {
        if (!_ids.TryGetValue(match.Value, out var name))
        {
            _ids[match.Value] = name = $"<id:{_ids.Count + 1}>";
        }

        return name;
    });

    /// <summary>Every text of a value whose type nothing more is known of.</summary>
    public JsonNode? All(JsonNode? value) => value switch
    {
        JsonArray items => new JsonArray([.. items.Select(All)]),
        JsonObject fields => new JsonObject(fields.Select(f => KeyValuePair.Create(f.Key, All(f.Value))).ToList()),
        JsonValue v when v.TryGetValue<string>(out var text) => JsonValue.Create(Text(text)),
        _ => value?.DeepClone(),
    };

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uuid();
}
