using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Temporalio.Server.Visibility;

/// <summary>Whether search attributes exist and have values of their types.</summary>
internal static class SearchAttributeCheck
{
    private const int MaxValueBytes = 2 * 1024;
    private const int MaxTotalBytes = 40 * 1024;
    private const int MaxKeys = 100;

    /// <summary>What is wrong; <see langword="null"/> if nothing is.</summary>
    public static string? Problem(SearchAttributeRegistry registry, string ns, SearchAttributes? attributes) =>
        TypeProblem(registry, ns, attributes) ?? SizeProblem(attributes);

    /// <summary>What is wrong with names and types.</summary>
    public static string? TypeProblem(SearchAttributeRegistry registry, string ns, SearchAttributes? attributes)
    {
        if (attributes is null || attributes.IndexedFields.Count == 0)
        {
            return null;
        }

        if (attributes.IndexedFields.Count > MaxKeys)
        {
            return $"number of search attributes {attributes.IndexedFields.Count} exceeds limit {MaxKeys}";
        }

        foreach (var (name, value) in attributes.IndexedFields)
        {
            if (SearchAttributeRegistry.System.ContainsKey(name))
            {
                return $"{name} attribute can't be set in SearchAttributes";
            }

            if (registry.TypeOf(ns, name) is not { } type)
            {
                return $"Namespace {ns} has no mapping defined for search attribute {name}";
            }

            if (!IsNothing(value) && (!value.Metadata.ContainsKey("encoding") || !Fits(value, type)))
            {
                return $"invalid value for search attribute {name} of type {type}: {Shown(value)}";
            }
        }

        return null;
    }

    /// <summary>What is too large.</summary>
    public static string? SizeProblem(SearchAttributes? attributes)
    {
        if (attributes is null)
        {
            return null;
        }

        foreach (var (name, value) in attributes.IndexedFields)
        {
            if (value.Data.Length > MaxValueBytes)
            {
                return $"search attribute {name} value size {value.Data.Length} exceeds size limit {MaxValueBytes}";
            }
        }

        var total = attributes.CalculateSize();
        return total > MaxTotalBytes ? $"total size of search attributes {total} exceeds size limit {MaxTotalBytes}" : null;
    }

    /// <summary>The attributes with their types in the metadata, as readers expect them.</summary>
    public static SearchAttributes? Typed(SearchAttributeRegistry registry, string ns, SearchAttributes? attributes)
    {
        if (attributes is null)
        {
            return null;
        }

        var typed = attributes.Clone();
        foreach (var (name, value) in typed.IndexedFields)
        {
            if (registry.TypeOf(ns, name) is { } type)
            {
                value.Metadata["type"] = ByteString.CopyFromUtf8(type.ToString());
            }
        }

        return typed;
    }

    /// <summary>True for the value that removes an attribute.</summary>
    public static bool IsNothing(Payload value) =>
        value.Data.IsEmpty || value.Data.Span.SequenceEqual("null"u8) || value.Data.Span.SequenceEqual("[]"u8);

    private static bool Fits(Payload value, IndexedValueType type)
    {
        try
        {
            using var json = JsonDocument.Parse(value.Data.Memory);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Array && type != IndexedValueType.KeywordList)
            {
                // A list of one is as good as the one.
                return root.GetArrayLength() == 1 && FitsOne(root[0], type);
            }

            return type == IndexedValueType.KeywordList
                ? root.ValueKind == JsonValueKind.Array && root.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String)
                : FitsOne(root, type);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool FitsOne(JsonElement value, IndexedValueType type) => type switch
    {
        IndexedValueType.Text or IndexedValueType.Keyword => value.ValueKind == JsonValueKind.String,
        IndexedValueType.Int => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        IndexedValueType.Double => value.ValueKind == JsonValueKind.Number,
        IndexedValueType.Bool => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        IndexedValueType.Datetime => value.ValueKind == JsonValueKind.String && value.GetString()!.Contains('T', StringComparison.Ordinal) && value.TryGetDateTimeOffset(out _),
        _ => false,
    };

    private static string Shown(Payload value)
    {
        var encoding = value.Metadata.TryGetValue("encoding", out var e) ? e.ToStringUtf8() : null;
        try
        {
            using var json = JsonDocument.Parse(value.Data.Memory);
            return encoding is null ? Undecoded(value) : Shown(json.RootElement);
        }
        catch (JsonException)
        {
            return encoding is null or "json/plain" ? Undecoded(value) : "[" + string.Join(' ', value.Data.ToArray()) + "]";
        }
    }

    // The text form of the message, as the original shows what it cannot decode.
    private static string Undecoded(Payload value)
    {
        var metadata = value.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"metadata:{{key:{Quoted(m.Key)}  value:{Quoted(m.Value.ToStringUtf8())}}}");
        return $"value from <{string.Join("  ", metadata.Append($"data:{Quoted(value.Data.ToStringUtf8())}"))}>";
    }

    private static string Quoted(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"";

    private static string Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => "[" + string.Join(' ', value.EnumerateArray().Select(Shown)) + "]",
        _ => value.GetRawText(),
    };
}
