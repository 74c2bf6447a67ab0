using System.Text.Json;

namespace Agents.Durable.Contracts.Rpc;

/// <summary>An answer: a result or an error. <see cref="Id"/> is the request's.</summary>
public sealed record RpcResponse<T>
{
    public string Jsonrpc { get; } = "2.0";
    public T? Result { get; init; }
    public RpcError? Error { get; init; }
    public JsonElement? Id { get; init; }
}

public sealed record RpcError(int Code, string Message, object? Data = null)
{
    /// <summary>An update of an agent that is none.</summary>
    public const int InvalidParams = -32602;

    /// <summary>Every other error.</summary>
    public const int Internal = -32603;
}
