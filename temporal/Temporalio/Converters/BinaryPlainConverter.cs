using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary><c>binary/plain</c>: byte arrays as they are.</summary>
public class BinaryPlainConverter : IEncodingConverter
{
    private static readonly ByteString s_encoding = ByteString.CopyFromUtf8("binary/plain");

    public string Encoding => "binary/plain";

    public bool TryToPayload(object? value, [NotNullWhen(true)] out Payload? payload)
    {
        payload = value is byte[] bytes
            ? new() { Metadata = { ["encoding"] = s_encoding }, Data = ByteString.CopyFrom(bytes) }
            : null;
        return payload is not null;
    }

    public object? ToValue(Payload payload, Type type) => type.IsAssignableFrom(typeof(byte[]))
        ? payload.Data.ToByteArray()
        : throw new ArgumentException($"Payload is binary/plain, but type is {type}", nameof(type));
}
