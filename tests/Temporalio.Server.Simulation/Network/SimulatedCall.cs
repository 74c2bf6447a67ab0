using Google.Protobuf;
using Temporalio.Rpc;

namespace Temporalio.Server.Simulation.Network;

/// <summary>A call under way.</summary>
internal sealed class SimulatedCall(IMessage request, RpcMethod method, DateTimeOffset deadline, bool inProcess) : IDisposable
{
    private readonly TaskCompletionSource<IMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _gone = new();

    public IMessage Request { get; } = request;

    public RpcMethod Method { get; } = method;

    public Task<IMessage> Answer => _answer.Task;

    public RpcContext Context => new()
    {
        Method = Method,
        Metadata = new Dictionary<string, string>(),
        Deadline = deadline,
        CancellationToken = _gone.Token,
        InProcess = inProcess,
    };

    public void Complete(IMessage answer) => _answer.TrySetResult(answer);

    public void Fail(RpcFault fault) => _answer.TrySetException(fault);

    public void Break() => Fail(new RpcFault(RpcStatusCode.Unavailable, "The connection broke."));

    /// <summary>The caller has left: its deadline passed or it hung up. The server notices.</summary>
    public void Abandon(RpcFault fault)
    {
        Fail(fault);
        _gone.Cancel();
    }

    public void Dispose() => _gone.Dispose();
}
