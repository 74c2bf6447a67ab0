using System.Buffers;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Temporalio.Rpc.Framing;

namespace Temporalio.Rpc.Server;

/// <summary>One HTTP/2 request in, one gRPC answer out.</summary>
internal sealed class RpcEndpoint(RpcRouter router, RpcServerLimits limits, TimeProvider timeProvider)
{
    private const string ContentType = "application/grpc";

    public async Task InvokeAsync(HttpContext http)
    {
        if (!HttpMethods.IsPost(http.Request.Method) || http.Request.ContentType?.StartsWith(ContentType, StringComparison.Ordinal) != true)
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        http.Response.ContentType = ContentType;
        http.Response.Headers["grpc-accept-encoding"] = "identity,gzip";
        try
        {
            await AnswerAsync(http).ConfigureAwait(false);
        }
        catch (RpcFault fault)
        {
            Refuse(http, fault);
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        if (!router.TryFind(path, out var method, out var handler))
        {
            throw router.Unknown(path);
        }
        var request = await ReadAsync(http, method).ConfigureAwait(false);
        using var call = new ServerCall(http, timeProvider);
        RpcReply reply;
        try
        {
            reply = await handler(request, call.Context(method)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (OperationCanceledException e) when (call.DeadlinePassed)
        {
            throw new RpcFault(RpcStatusCode.DeadlineExceeded, "context deadline exceeded", e);
        }
        catch (Exception e) when (e is not RpcFault)
        {
            throw new RpcFault(RpcStatusCode.Internal, $"{method.Name} failed: {e.Message}", e);
        }
        await WriteAsync(http, reply).ConfigureAwait(false);
    }

    private async Task<IMessage> ReadAsync(HttpContext http, RpcMethod method)
    {
        var frame = await ReadBodyAsync(http).ConfigureAwait(false);
        var message = MessageFrame.Decode(frame, http.Request.Headers["grpc-encoding"], limits.MaxReceiveSize);
        try
        {
            return method.Descriptor.InputType.Parser.ParseFrom(message.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcFault(RpcStatusCode.Internal, $"grpc: error unmarshalling request: {e.Message}", e);
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContext http)
    {
        var reader = http.Request.BodyReader;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(http.RequestAborted).ConfigureAwait(false);
                if (read.IsCompleted)
                {
                    var body = read.Buffer.ToArray();
                    reader.AdvanceTo(read.Buffer.End);
                    return body;
                }
                MessageFrame.ThrowIfTooLarge(read.Buffer.Length - MessageFrame.HeaderSize, limits.MaxReceiveSize);
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new RpcFault(RpcStatusCode.ResourceExhausted, $"grpc: received message larger than max ({http.Request.ContentLength ?? limits.MaxReceiveSize + 1L} vs. {limits.MaxReceiveSize})", e);
        }
    }

    private async Task WriteAsync(HttpContext http, RpcReply reply)
    {
        var gzip = limits.CompressFrom < int.MaxValue && http.Request.Headers["grpc-accept-encoding"].ToString().Contains("gzip", StringComparison.Ordinal);
        var (frame, compressed) = MessageFrame.Encode(reply.Message, reply.Raw, gzip ? limits.CompressFrom : int.MaxValue);
        if (compressed)
        {
            http.Response.Headers["grpc-encoding"] = "gzip";
        }
        await http.Response.BodyWriter.WriteAsync(frame, http.RequestAborted).ConfigureAwait(false);
        http.Response.AppendTrailer(StatusTrailers.Status, "0");
    }

    // Before the first byte of a body this is a trailers-only response; a unary handler never fails after it.
    private static void Refuse(HttpContext http, RpcFault fault)
    {
        var headers = http.Response.Headers;
        headers[StatusTrailers.Status] = ((int)fault.Code).ToString();
        headers[StatusTrailers.Message] = StatusTrailers.EncodeMessage(fault.Message);
        if (StatusTrailers.EncodeDetails(fault) is { } details)
        {
            headers[StatusTrailers.Details] = details;
        }
    }
}
