using System.Net;
using System.Net.Http;

namespace Agents.Durable.Gateway.Acp;

/// <summary>The body of a call, which says when it is written to a connection.</summary>
internal sealed class CallContent(byte[] body, Action? sending) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        sending?.Invoke();
        await stream.WriteAsync(body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
