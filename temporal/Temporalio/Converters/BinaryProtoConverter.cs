using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporalio.Converters;

/// <summary><c>binary/protobuf</c>: protobuf messages in binary. Read only by default, as JSON comes before it.</summary>
public class BinaryProtoConverter : IEncodingConverter
{
    private static readonly ByteString s_encoding = ByteString.CopyFromUtf8("binary/protobuf");

    public string Encoding => "binary/protobuf";

    public bool TryToPayload(object? value, [NotNullWhen(true)] out Payload? payload)
    {
        payload = value is IMessage message
            ? new()
            {
                Metadata = { ["encoding"] = s_encoding, ["messageType"] = ProtoTypes.Name(message) },
                Data = message.ToByteString(),
            }
            : null;
        return payload is not null;
    }

    public object? ToValue(Payload payload, Type type) =>
        ProtoTypes.Descriptor(type, Encoding).Parser.ParseFrom(payload.Data);
}
