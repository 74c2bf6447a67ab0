using Google.Protobuf;
using Temporalio.Rpc.InProcess;

namespace Temporalio.Rpc.Client;

/// <summary>
/// A channel to an address. While that address is served in this process the calls are handed over as objects; otherwise they go over
/// HTTP/2. The choice is made call by call, so a server may start, stop or move without its clients knowing.
/// </summary>
public sealed class RpcChannel(RpcChannelOptions channelOptions) : IRpcInvoker
{
    private readonly Lazy<HttpRpcInvoker> _http = new(() => new HttpRpcInvoker(channelOptions));

    public string Target => channelOptions.Target;

    public Task<IMessage> InvokeAsync(RpcMethod method, IMessage request, RpcCallOptions options) =>
        channelOptions.Tls is null && LocalAddresses.TryFind(channelOptions.Target, out var local)
            ? InvokeHere(local, method, request, options)
            : _http.Value.InvokeAsync(method, request, options);

    // A server goes on wherever it is called, for the sake of simulation. On a scheduler of the caller's own, whoever blocked that would
    // hold up the server for all.
    private static Task<IMessage> InvokeHere(IRpcInvoker local, RpcMethod method, IMessage request, RpcCallOptions options) =>
        SynchronizationContext.Current is null && TaskScheduler.Current == TaskScheduler.Default
            ? local.InvokeAsync(method, request, options)
            : Task.Run(() => local.InvokeAsync(method, request, options));

    public async ValueTask DisposeAsync()
    {
        if (_http.IsValueCreated)
        {
            await _http.Value.DisposeAsync();
        }
    }
}
