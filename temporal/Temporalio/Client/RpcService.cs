using Google.Protobuf;

namespace Temporalio.Client;

/// <summary>A service of the server, one method per call.</summary>
public abstract class RpcService
{
    protected RpcService()
    {
    }

    /// <summary>Name of the service in protobuf, for health checks.</summary>
    internal virtual string FullName => "";

    /// <summary>Makes a call. Overridden by services that do not go over a connection, such as those of tests.</summary>
    /// <exception cref="Exceptions.RpcException">The call failed.</exception>
    /// <exception cref="OperationCanceledException">The token of the options was cancelled.</exception>
    protected abstract Task<T> InvokeRpcAsync<T>(string rpc, IMessage req, MessageParser<T> resp, RpcOptions? options = null)
        where T : IMessage<T>;
}
