using Google.Protobuf;
using Temporalio.Rpc;

namespace Temporalio.Server.Simulation.Network;

/// <summary>A call under way.</summary>
internal sealed class SimulatedCall : IDisposable
{
    private readonly TaskCompletionSource<IMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _gone = new();
    private readonly DateTimeOffset _deadline;
    private readonly bool _inProcess;
    private readonly CancellationToken _left;
    private bool _ended;

    public SimulatedCall(IMessage request, RpcMethod method, DateTimeOffset deadline, bool inProcess)
    {
        (Request, Method, _deadline, _inProcess) = (request, method, deadline, inProcess);
        // Asked for now: the server may look when the call is over.
        _left = _gone.Token;
    }

    public IMessage Request { get; }

    public RpcMethod Method { get; }

    public Task<IMessage> Answer => _answer.Task;

    public RpcContext Context => new()
    {
        Method = Method,
        Metadata = new Dictionary<string, string>(),
        Deadline = _deadline,
        CancellationToken = _left,
        InProcess = _inProcess,
    };

    public void Complete(IMessage answer) => _answer.TrySetResult(answer);

    public void Fail(RpcFault fault) => _answer.TrySetException(fault);

    public void Break() => Fail(new RpcFault(RpcStatusCode.Unavailable, "The connection broke."));

    /// <summary>The caller has left: its deadline passed or it hung up. The server notices.</summary>
    public void Abandon(RpcFault fault)
    {
        if (_ended)
        {
            // The answer came at the very instant.
            return;
        }

        Fail(fault);
        _gone.Cancel();
    }

    public void Dispose()
    {
        _ended = true;
        _gone.Dispose();
    }
}
