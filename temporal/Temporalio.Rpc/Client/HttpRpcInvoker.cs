using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Temporalio.Rpc.Framing;

namespace Temporalio.Rpc.Client;

/// <summary>Unary gRPC over HTTP/2 on <see cref="SocketsHttpHandler"/>. Cancelling a call resets its stream.</summary>
public sealed class HttpRpcInvoker : IRpcInvoker
{
    private static readonly MediaTypeHeaderValue s_contentType = new("application/grpc");
    private readonly RpcChannelOptions _options;
    private readonly HttpMessageInvoker _http;
    private readonly Uri _base;
    private volatile bool _compress;

    public HttpRpcInvoker(RpcChannelOptions options)
    {
        _options = options;
        _compress = options.Compress;
        _base = new Uri($"{(options.Tls is null ? "http" : "https")}://{options.Target}", UriKind.Absolute);
        _http = new HttpMessageInvoker(Handler(options), disposeHandler: true);
    }

    public async Task<IMessage> InvokeAsync(RpcMethod method, IMessage request, RpcCallOptions options)
    {
        var compress = _compress;
        try
        {
            return await CallAsync(method, request, options, compress).ConfigureAwait(false);
        }
        catch (RpcFault fault) when (compress && fault.Code == RpcStatusCode.Unimplemented && fault.Message.Contains("grpc-encoding", StringComparison.Ordinal))
        {
            _compress = false;
            return await CallAsync(method, request, options, compress: false).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static SocketsHttpHandler Handler(RpcChannelOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.KeepAliveInterval ?? Timeout.InfiniteTimeSpan,
            KeepAlivePingTimeout = options.KeepAliveTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (options.Tls is { } tls)
        {
            handler.SslOptions = Ssl(tls);
        }
        return handler;
    }

    private static SslClientAuthenticationOptions Ssl(RpcTlsOptions tls)
    {
        var ssl = new SslClientAuthenticationOptions();
        if (tls.ClientCertificate is { } certificate)
        {
            ssl.ClientCertificates = [certificate];
        }
        if (tls.TrustedRoots is { } roots)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(roots);
            ssl.CertificateChainPolicy = policy;
        }
        return ssl;
    }

    private async Task<IMessage> CallAsync(RpcMethod method, IMessage request, RpcCallOptions options, bool compress)
    {
        options.CancellationToken.ThrowIfCancellationRequested();
        using var deadline = options.Timeout is { } timeout ? new CancellationTokenSource(timeout, _options.TimeProvider) : null;
        using var linked = deadline is null ? null : CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, deadline.Token);
        var token = linked?.Token ?? options.CancellationToken;
        try
        {
            using var message = Request(method, request, options, compress);
            using var response = await _http.SendAsync(message, token).ConfigureAwait(false);
            return await ReadAsync(method, response, token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (options.CancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException($"The call of {method.Name} was cancelled.", options.CancellationToken);
        }
        catch (OperationCanceledException e) when (deadline?.IsCancellationRequested == true)
        {
            throw new RpcFault(RpcStatusCode.DeadlineExceeded, $"{method.Name} was not answered within {options.Timeout}", e);
        }
        catch (OperationCanceledException e)
        {
            throw new RpcFault(RpcStatusCode.Unavailable, $"Connecting to {_options.Target} took longer than {_options.ConnectTimeout}", e);
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException or IOException)
        {
            throw new RpcFault(RpcStatusCode.Unavailable, $"{_options.Target} could not be reached: {Reason(e)}", e);
        }
    }

    private static string Reason(Exception e) => e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message;

    private HttpRequestMessage Request(RpcMethod method, IMessage request, RpcCallOptions options, bool compress)
    {
        var (frame, compressed) = MessageFrame.Encode(request, raw: null, compress ? _options.CompressionThreshold : int.MaxValue);
        var message = new HttpRequestMessage(HttpMethod.Post, new Uri(_base, method.Path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = s_contentType } },
        };
        var headers = message.Headers;
        // The handler expects the certificate to be that of the host header, whatever its TLS options say.
        headers.Host = _options.Tls?.ServerName;
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("grpc-accept-encoding", "identity,gzip");
        if (compressed)
        {
            headers.TryAddWithoutValidation("grpc-encoding", "gzip");
        }
        if (options.Timeout is { } timeout)
        {
            headers.TryAddWithoutValidation(TimeoutHeader.Name, TimeoutHeader.Format(timeout));
        }
        foreach (var (name, value) in options.Metadata)
        {
            headers.TryAddWithoutValidation(name, value);
        }
        foreach (var (name, value) in options.BinaryMetadata)
        {
            headers.TryAddWithoutValidation(name, Base64.Encode(value));
        }
        return message;
    }

    private async Task<IMessage> ReadAsync(RpcMethod method, HttpResponseMessage response, CancellationToken token)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new RpcFault(CodeOf(response.StatusCode), $"{_options.Target} answered HTTP {(int)response.StatusCode}: it is no gRPC server or a proxy stands before it");
        }
        if (Header(response.Headers, StatusTrailers.Status) is { } early && early != "0")
        {
            throw FaultOf(early, response.Headers);
        }
        var body = await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false);
        var status = Header(response.TrailingHeaders, StatusTrailers.Status) ?? Header(response.Headers, StatusTrailers.Status);
        if (status is null)
        {
            throw new RpcFault(RpcStatusCode.Internal, $"{_options.Target} answered {method.Name} without a grpc-status");
        }
        if (status != "0")
        {
            throw FaultOf(status, response.TrailingHeaders);
        }
        var encoding = Header(response.Headers, "grpc-encoding");
        var message = MessageFrame.Decode(body, encoding, _options.MaxReceiveSize);
        return method.Descriptor.OutputType.Parser.ParseFrom(message.Span);
    }

    private static RpcFault FaultOf(string status, HttpResponseHeaders headers) => StatusTrailers.Fault(
        int.TryParse(status, out var code) ? code : (int)RpcStatusCode.Unknown,
        Header(headers, StatusTrailers.Message),
        Header(headers, StatusTrailers.Details));

    private static string? Header(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    // The mapping of the gRPC specification, "HTTP to gRPC Status Code Mapping".
    private static RpcStatusCode CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => RpcStatusCode.Internal,
        HttpStatusCode.Unauthorized => RpcStatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => RpcStatusCode.PermissionDenied,
        HttpStatusCode.NotFound => RpcStatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => RpcStatusCode.Unavailable,
        _ => RpcStatusCode.Unknown,
    };
}
