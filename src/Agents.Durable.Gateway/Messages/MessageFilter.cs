using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;

namespace Agents.Durable.Gateway.Messages;

/// <summary>
/// What <c>filters</c> asks for, as JSON that stored messages must contain: any of <see cref="Included"/> (all, when it is empty) and none of <see cref="Excluded"/>.
/// </summary>
internal sealed record MessageFilter(IReadOnlyList<string> Included, IReadOnlyList<string> Excluded)
{
    private static readonly HashSet<string> s_fields = new(StringComparer.Ordinal) { "content", "streaming_status" };

    public static MessageFilter None { get; } = new([], []);

    /// <exception cref="GatewayException">The text is no JSON.</exception>
    /// <exception cref="ValidationException">It is JSON, but no filters.</exception>
    public static MessageFilter Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return None;
        }

        var (value, fault) = PythonJson.Parse(text);
        if (fault is not null)
        {
            throw GatewayException.BadRequest($"Invalid JSON in filters parameter: {fault.Words}");
        }

        var problems = new Problems();
        var filters = value!.Value.ValueKind == JsonValueKind.Array ? [.. value.Value.EnumerateArray()] : new List<JsonElement> { value.Value };
        var included = new List<string>();
        var excluded = new List<string>();
        foreach (var filter in filters)
        {
            if (Fields.Of(filter, "query.filters", problems) is { } fields)
            {
                (fields.BoolOr("exclude", false) ? excluded : included).Add(PatternOf(fields));
            }
        }

        problems.ThrowIfAny();
        return new MessageFilter(included, excluded);
    }

    // Nulls and unknown keys ask for nothing, and everything contains nothing.
    private static string PatternOf(Fields fields)
    {
        fields.OptionalChoice<StreamingStatus>("streaming_status");
        if (fields.OptionalObject("content") is { ValueKind: JsonValueKind.Object } content && Fields.Of(content, fields.At("content"), fields.Problems) is { } wanted)
        {
            wanted.OptionalChoice<MessageAuthor>("author");
            wanted.OptionalChoice<MessageStyle>("style");
            if (wanted.OptionalText("type") is { } kind && !ContentReader.Knows(kind))
            {
                fields.Problems.Add(wanted.At("type"), "literal_error", $"Input should be one of {ContentReader.Kinds}");
            }
        }

        var pattern = fields.Element.EnumerateObject()
            .Where(property => s_fields.Contains(property.Name) && property.Value.ValueKind != JsonValueKind.Null)
            .ToDictionary(property => property.Name, property => WithoutNulls(property.Value));
        return Wire.ToJson(pattern);
    }

    private static JsonElement WithoutNulls(JsonElement value) => value.ValueKind != JsonValueKind.Object
        ? value
        : Wire.Element(Wire.ToJson(value.EnumerateObject()
            .Where(property => property.Value.ValueKind != JsonValueKind.Null)
            .ToDictionary(property => property.Name, property => WithoutNulls(property.Value))));
}
