using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;

namespace Temporalio.Common;

/// <summary>
/// The wire form of search attributes, which is fixed (JSON with the type in the metadata): neither a data converter nor a codec may
/// touch what the server has to index.
/// </summary>
internal static class SearchAttributePayloads
{
    private static readonly ByteString s_json = ByteString.CopyFromUtf8("json/plain");
    private static readonly ByteString s_null = ByteString.CopyFromUtf8("binary/null");

    internal static Payload ToPayload(SearchAttributeKey key, object value) => new()
    {
        Metadata = { ["encoding"] = s_json, ["type"] = TypeName(key.ValueType) },
        Data = UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(value, value.GetType())),
    };

    /// <summary>What removes an attribute in an upsert.</summary>
    internal static Payload ToUnsetPayload(SearchAttributeKey key) => new()
    {
        Metadata = { ["encoding"] = s_null, ["type"] = TypeName(key.ValueType) },
    };

    /// <returns><see langword="null"/> for an attribute that is unset or of a type unknown here.</returns>
    internal static (SearchAttributeKey Key, object Value)? FromPayload(string name, Payload payload)
    {
        if (payload.Data.IsEmpty
            || !payload.Metadata.TryGetValue("type", out var typeName)
            || !Enum.TryParse<IndexedValueType>(typeName.ToStringUtf8(), out var type))
        {
            return null;
        }
        var json = payload.Data.Span;
        return type switch
        {
            IndexedValueType.Text => Pair(SearchAttributeKey.CreateText(name), Scalar<string>(json)),
            IndexedValueType.Keyword => Pair(SearchAttributeKey.CreateKeyword(name), Scalar<string>(json)),
            IndexedValueType.Int => Pair(SearchAttributeKey.CreateLong(name), Scalar<long>(json)),
            IndexedValueType.Double => Pair(SearchAttributeKey.CreateDouble(name), Scalar<double>(json)),
            IndexedValueType.Bool => Pair(SearchAttributeKey.CreateBool(name), Scalar<bool>(json)),
            IndexedValueType.Datetime => Pair(SearchAttributeKey.CreateDateTimeOffset(name), Scalar<DateTimeOffset>(json)),
            IndexedValueType.KeywordList => Pair(
                SearchAttributeKey.CreateKeywordList(name),
                json[0] == (byte)'[' ? JsonSerializer.Deserialize<string[]>(json) : [JsonSerializer.Deserialize<string>(json)!]),
            _ => null,
        };
    }

    private static (SearchAttributeKey Key, object Value)? Pair(SearchAttributeKey key, object? value) =>
        value is null ? null : (key, value);

    // Older servers answer a single value as a list of one.
    private static T? Scalar<T>(ReadOnlySpan<byte> json) => json[0] == (byte)'['
        ? JsonSerializer.Deserialize<T[]>(json) is [var only] ? only : throw new JsonException("Expected a single value")
        : JsonSerializer.Deserialize<T>(json);

    private static ByteString TypeName(IndexedValueType type) => ByteString.CopyFromUtf8(type.ToString());
}
