using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace Temporalio.Worker.Core.Machines;

/// <summary>Payloads that the core itself writes; they are never encoded by a codec.</summary>
internal static class JsonPayload
{
    private static readonly ByteString s_plainJson = ByteString.CopyFromUtf8("json/plain");

    public static Payload Of(byte[] json)
    {
        var payload = new Payload { Data = UnsafeByteOperations.UnsafeWrap(json) };
        payload.Metadata.Add("encoding", s_plainJson);
        return payload;
    }
}
