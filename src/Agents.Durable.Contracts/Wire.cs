using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Agents.Durable.Contracts;

/// <summary>The one JSON configuration of everything that crosses the wire or lies in a JSON column: snake_case names, source-generated metadata.</summary>
public static class Wire
{
    /// <summary>Discriminators may stand anywhere in an object, because <c>jsonb</c> reorders keys.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>The JSON of a contract as UTF-8.</summary>
    public static byte[] ToUtf8<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo<T>());

    /// <summary>The JSON of a contract as text.</summary>
    public static string ToJson<T>(T value) => JsonSerializer.Serialize(value, TypeInfo<T>());

    /// <summary>Writes a contract without an intermediate copy.</summary>
    public static void Write<T>(IBufferWriter<byte> output, T value)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = Options.Encoder, SkipValidation = true });
        JsonSerializer.Serialize(writer, value, TypeInfo<T>());
    }

    /// <exception cref="JsonException">The text is no JSON, or not of this contract.</exception>
    public static T FromJson<T>(string json) => JsonSerializer.Deserialize(json, TypeInfo<T>()) ?? throw new JsonException($"A {typeof(T).Name} is expected where null stands.");

    /// <inheritdoc cref="FromJson{T}(string)"/>
    public static T FromJson<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, TypeInfo<T>()) ?? throw new JsonException($"A {typeof(T).Name} is expected where null stands.");

    /// <inheritdoc cref="FromJson{T}(string)"/>
    public static T FromJson<T>(JsonElement json) => json.Deserialize(TypeInfo<T>()) ?? throw new JsonException($"A {typeof(T).Name} is expected where null stands.");

    /// <summary>A value of JSON that outlives the text it was read from.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static JsonElement Element(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(WireContext.Default.Options)
        {
            TypeInfoResolver = WireContext.Default,
            // The output is JSON of its own media type, never text inside a page.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.MakeReadOnly();
        return options;
    }
}
