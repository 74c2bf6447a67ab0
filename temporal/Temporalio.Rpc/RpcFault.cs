using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Temporalio.Rpc;

/// <summary>
/// A call's unsuccessful outcome, thrown by handlers and by invokers alike. The message crosses the wire: no secrets, no SQL.
/// </summary>
public sealed class RpcFault : Exception
{
    public RpcFault(RpcStatusCode code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    public RpcFault(RpcStatusCode code, string message, params IReadOnlyList<IMessage> details)
        : base(message)
    {
        Code = code;
        Details = [.. details.Select(d => d as Any ?? Any.Pack(d))];
    }

    public RpcStatusCode Code { get; }

    /// <summary>What <c>grpc-status-details-bin</c> carries; empty when the peer sent none.</summary>
    public IReadOnlyList<Any> Details { get; init; } = [];

    /// <summary>The status as a message, as the wire and the SDK's <c>RpcException</c> carry it.</summary>
    public Google.Rpc.Status ToStatus() => new() { Code = (int)Code, Message = Message, Details = { Details } };
}
