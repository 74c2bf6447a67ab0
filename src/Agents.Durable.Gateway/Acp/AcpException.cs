using Agents.Durable.Contracts.Rpc;

namespace Agents.Durable.Gateway.Acp;

/// <summary>Whether a call that failed may have failed for now only.</summary>
internal enum AcpFailure
{
    /// <summary>The agent said no, or nothing that makes sense: asking again would not help.</summary>
    Refused,

    /// <summary>It was not reached, broke down, or did not answer in time.</summary>
    Unreachable,
}

/// <summary>A call of an agent's process that failed; the message is what the caller is told.</summary>
internal sealed class AcpException(AcpFailure failure, string message, int code = RpcError.Internal) : Exception(message)
{
    public AcpFailure Failure { get; } = failure;

    /// <summary>The code of the JSON-RPC error that comes of it.</summary>
    public int Code { get; } = code;
}
