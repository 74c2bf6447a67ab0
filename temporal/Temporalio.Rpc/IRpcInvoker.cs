using Google.Protobuf;

namespace Temporalio.Rpc;

/// <summary>
/// The client's end of the wire: HTTP/2 or, for an address served in this process, a hand-over of the message objects.
/// </summary>
public interface IRpcInvoker : IAsyncDisposable
{
    /// <summary>
    /// Makes one call, once: retrying is the caller's. Ownership of <paramref name="request"/> passes to the callee and that of the
    /// answer to the caller; neither touches what it has given away.
    /// </summary>
    /// <exception cref="RpcFault">The peer refused, could not be reached, or the time was up.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    Task<IMessage> InvokeAsync(RpcMethod method, IMessage request, RpcCallOptions options);
}
