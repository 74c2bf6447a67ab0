using Microsoft.AspNetCore.Http;
using Temporalio.Rpc.Framing;

namespace Temporalio.Rpc.Server;

/// <summary>The life of one call on the server: its metadata, its deadline, and the token that ends it.</summary>
internal sealed class ServerCall : IDisposable
{
    private readonly HttpContext _http;
    private readonly DateTimeOffset? _deadline;
    private readonly CancellationTokenSource? _timer;
    private readonly CancellationTokenSource? _linked;

    public ServerCall(HttpContext http, TimeProvider timeProvider)
    {
        _http = http;
        if (http.Request.Headers.TryGetValue(TimeoutHeader.Name, out var text) && TimeoutHeader.TryParse(text.ToString(), out var timeout))
        {
            // Beyond what a timer can wait for there is no deadline worth keeping.
            if (timeout < TimeSpan.FromDays(40))
            {
                _deadline = timeProvider.GetUtcNow() + timeout;
                _timer = new CancellationTokenSource(timeout, timeProvider);
                _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, http.RequestAborted);
            }
        }
    }

    public bool DeadlinePassed => _timer?.IsCancellationRequested == true;

    public RpcContext Context(RpcMethod method)
    {
        var text = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, byte[]>? binary = null;
        foreach (var (name, value) in _http.Request.Headers)
        {
            if (!name.EndsWith("-bin", StringComparison.OrdinalIgnoreCase))
            {
                text[name] = value.ToString();
            }
            else if (Base64.TryDecode(value.ToString(), out var bytes))
            {
                (binary ??= new(StringComparer.OrdinalIgnoreCase))[name] = bytes;
            }
        }
        return new RpcContext
        {
            Method = method,
            Metadata = text,
            BinaryMetadata = binary ?? [],
            Deadline = _deadline,
            CancellationToken = _linked?.Token ?? _http.RequestAborted,
        };
    }

    public void Dispose()
    {
        _linked?.Dispose();
        _timer?.Dispose();
    }
}
