using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary><c>binary/null</c>: null, without data.</summary>
public class BinaryNullConverter : IEncodingConverter
{
    private static readonly ByteString s_encoding = ByteString.CopyFromUtf8("binary/null");

    public string Encoding => "binary/null";

    public bool TryToPayload(object? value, [NotNullWhen(true)] out Payload? payload)
    {
        payload = value is null ? new() { Metadata = { ["encoding"] = s_encoding } } : null;
        return payload is not null;
    }

    public object? ToValue(Payload payload, Type type)
    {
        if (!payload.Data.IsEmpty)
        {
            throw new ArgumentException("Expected empty data of a null", nameof(payload));
        }
        if (type.IsValueType && Nullable.GetUnderlyingType(type) is null)
        {
            throw new ArgumentException($"Unable to convert null to type {type}", nameof(payload));
        }
        return null;
    }
}
