using System.Text.Json;
using System.Text.Json.Serialization;
using Agents.Durable.Contracts.Messages;

namespace Agents.Durable.Contracts.Rpc;

/// <summary>A call of an agent's process: <c>POST {acp_url}/api</c>. <see cref="Id"/> must come back unchanged.</summary>
public sealed record AcpRequest
{
    public string Jsonrpc { get; } = "2.0";
    public required RpcMethod Method { get; init; }
    public required AcpParams Params { get; init; }
    public required string Id { get; init; }
}

/// <summary>The parameters of a call; which ones there are depends on the method.</summary>
[JsonDerivedType(typeof(CreateParams))]
[JsonDerivedType(typeof(MessageParams))]
[JsonDerivedType(typeof(EventParams))]
[JsonDerivedType(typeof(TaskParams))]
public abstract record AcpParams
{
    private protected AcpParams() { }

    public required AcpAgent Agent { get; init; }
    public required AgentTask Task { get; init; }
}

/// <summary>For task/create: the parameters of this very call, not the stored ones.</summary>
public sealed record CreateParams : AcpParams
{
    public JsonElement? Params { get; init; }
}

/// <summary>For message/send, which is always asked for as a stream.</summary>
public sealed record MessageParams : AcpParams
{
    public required MessageContent Content { get; init; }
    public bool Stream { get; } = true;
}

/// <summary>For event/send.</summary>
public sealed record EventParams : AcpParams
{
    public required AgentEvent Event { get; init; }
    public JsonElement? Request { get; init; }
}

/// <summary>For task/cancel and task/interrupt.</summary>
public sealed record TaskParams : AcpParams;
