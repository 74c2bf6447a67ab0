using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Requests;

namespace Agents.Durable.Gateway.Messages;

/// <summary>What <c>filters</c> asks for: messages that fit any of <see cref="Included"/> (all, when it is empty) and none of <see cref="Excluded"/>.</summary>
internal sealed record MessageFilter(IReadOnlyList<MessagePattern> Included, IReadOnlyList<MessagePattern> Excluded)
{
    // The fields that contents of each kind have, in the order in which kinds are tried on one that does not name its kind.
    private static readonly (string Kind, string[] Fields)[] s_kinds =
    [
        ("tool_request", ["type", "author", "style", "tool_call_id", "name", "arguments"]),
        ("data", ["type", "author", "style", "data"]),
        ("text", ["type", "author", "style", "format", "content", "attachments"]),
        ("tool_response", ["type", "author", "style", "tool_call_id", "name", "content", "is_error"]),
        ("reasoning", ["type", "author", "style", "summary", "content"]),
    ];

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
        var included = new List<MessagePattern>();
        var excluded = new List<MessagePattern>();
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

    // Nulls, unknown keys and fields that contents of that kind have not got ask for nothing.
    private static MessagePattern PatternOf(Fields fields)
    {
        var conditions = new List<PatternCondition>();
        if (fields.OptionalChoice<StreamingStatus>("streaming_status") is { } status)
        {
            conditions.Add(new(["streaming_status"], Wire.Element($"\"{EnumNames.Of(status)}\"")));
        }

        if (fields.OptionalObject("content") is { ValueKind: JsonValueKind.Object } content && Fields.Of(content, fields.At("content"), fields.Problems) is { } wanted)
        {
            wanted.OptionalChoice<MessageAuthor>("author");
            wanted.OptionalChoice<MessageStyle>("style");
            if (wanted.OptionalText("type") is { } kind && !ContentReader.Knows(kind))
            {
                fields.Problems.Add(wanted.At("type"), "literal_error", $"Input should be one of {ContentReader.Kinds}");
            }

            var known = FieldsOf(content);
            foreach (var property in content.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null && known.Contains(property.Name)))
            {
                Flatten(["content", property.Name], property.Value, conditions);
            }
        }

        return new MessagePattern(conditions);
    }

    // Of the kind that is named, else of the one that knows most of what is asked for.
    private static string[] FieldsOf(JsonElement content)
    {
        var named = content.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
        return s_kinds.Where(kind => named is null || kind.Kind == named)
            .OrderByDescending(kind => content.EnumerateObject().Count(property => kind.Fields.Contains(property.Name)))
            .FirstOrDefault(("", [])).Fields;
    }

    private static void Flatten(IReadOnlyList<string> path, JsonElement value, List<PatternCondition> conditions)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            conditions.Add(new(path, value));
            return;
        }

        foreach (var property in value.EnumerateObject())
        {
            Flatten([.. path, property.Name], property.Value, conditions);
        }
    }
}

/// <summary>All of these must hold; none means that everything fits.</summary>
internal sealed record MessagePattern(IReadOnlyList<PatternCondition> Conditions);

/// <summary>The value at a path, or one of the values of the list there, is this one; null also where nothing is.</summary>
internal sealed record PatternCondition(IReadOnlyList<string> Path, JsonElement Value);
