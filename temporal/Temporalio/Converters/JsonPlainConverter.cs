using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary><c>json/plain</c>: everything that System.Text.Json takes.</summary>
public class JsonPlainConverter(JsonSerializerOptions serializerOptions) : IEncodingConverter
{
    private static readonly ByteString s_encoding = ByteString.CopyFromUtf8("json/plain");

    public virtual string Encoding => "json/plain";

    protected JsonSerializerOptions SerializerOptions { get; } = serializerOptions;

    public virtual bool TryToPayload(object? value, [NotNullWhen(true)] out Payload? payload)
    {
        // The runtime type decides, not a declared one, so a value's JSON does not depend on where it is passed.
        var json = JsonSerializer.SerializeToUtf8Bytes(value, SerializerOptions);
        payload = new()
        {
            Metadata = { ["encoding"] = s_encoding },
            Data = UnsafeByteOperations.UnsafeWrap(json),
        };
        return true;
    }

    public virtual object? ToValue(Payload payload, Type type) =>
        JsonSerializer.Deserialize(payload.Data.Span, type, SerializerOptions);
}
