using Google.Protobuf;
using Temporalio.Rpc;

namespace Temporalio.Tests.Core.Oracle;

/// <summary>For a core that must not call anybody.</summary>
internal sealed class NoServer : IRpcInvoker
{
    public static readonly NoServer Instance = new();

    public Task<IMessage> InvokeAsync(RpcMethod method, IMessage request, RpcCallOptions options) =>
        throw new InvalidOperationException($"{method.Name} was called without a server");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
