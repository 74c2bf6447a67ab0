using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Rpc;

namespace Agents.Durable.Gateway.Acp;

/// <summary>The names that ids and error texts of the contract use: those of the recorded server's enums.</summary>
internal static class RpcNames
{
    public static string Of(RpcMethod method) => "AgentRPCMethod." + method switch
    {
        RpcMethod.EventSend => "EVENT_SEND",
        RpcMethod.TaskCreate => "TASK_CREATE",
        RpcMethod.MessageSend => "MESSAGE_SEND",
        RpcMethod.TaskCancel => "TASK_CANCEL",
        _ => "TASK_INTERRUPT",
    };

    public static string Of(AcpType type) => "ACPType." + type.ToString().ToUpperInvariant();

    /// <summary>The id of a call of an agent; it must be echoed.</summary>
    public static string CallId(RpcMethod method, string taskId) => $"{Of(method)}-{taskId}";
}
