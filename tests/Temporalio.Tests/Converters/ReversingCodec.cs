using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace Temporalio.Tests.Converters;

/// <summary>Wraps each payload into one whose data is the original's bytes backwards.</summary>
internal sealed class ReversingCodec : IPayloadCodec
{
    public Task<IReadOnlyCollection<Payload>> EncodeAsync(IReadOnlyCollection<Payload> payloads) =>
        Task.FromResult<IReadOnlyCollection<Payload>>([.. payloads.Select(p => new Payload
        {
            Metadata = { ["encoding"] = ByteString.CopyFromUtf8("binary/reversed") },
            Data = Reverse(p.ToByteString()),
        })]);

    public Task<IReadOnlyCollection<Payload>> DecodeAsync(IReadOnlyCollection<Payload> payloads) =>
        Task.FromResult<IReadOnlyCollection<Payload>>([.. payloads.Select(p => Payload.Parser.ParseFrom(Reverse(p.Data)))]);

    private static ByteString Reverse(ByteString bytes)
    {
        var array = bytes.ToByteArray();
        Array.Reverse(array);
        return ByteString.CopyFrom(array);
    }
}
