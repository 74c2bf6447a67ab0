using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary><c>json/protobuf</c>: protobuf messages in proto3's JSON.</summary>
public class JsonProtoConverter(JsonFormatter formatter, JsonParser parser) : IEncodingConverter
{
    private static readonly ByteString s_encoding = ByteString.CopyFromUtf8("json/protobuf");

    public JsonProtoConverter()
        : this(JsonFormatter.Default, JsonParser.Default)
    {
    }

    public string Encoding => "json/protobuf";

    protected JsonFormatter Formatter { get; } = formatter;

    protected JsonParser Parser { get; } = parser;

    public bool TryToPayload(object? value, [NotNullWhen(true)] out Payload? payload)
    {
        payload = value is IMessage message
            ? new()
            {
                Metadata = { ["encoding"] = s_encoding, ["messageType"] = ProtoTypes.Name(message) },
                Data = ByteString.CopyFromUtf8(Formatter.Format(message)),
            }
            : null;
        return payload is not null;
    }

    public object? ToValue(Payload payload, Type type) =>
        Parser.Parse(payload.Data.ToStringUtf8(), ProtoTypes.Descriptor(type, Encoding));
}
