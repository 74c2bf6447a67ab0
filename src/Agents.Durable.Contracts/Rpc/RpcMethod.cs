using System.Text.Json.Serialization;

namespace Agents.Durable.Contracts.Rpc;

/// <summary>The methods of Agentex's JSON-RPC dialect, the same towards the server and towards an agent.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RpcMethod>))]
public enum RpcMethod
{
    [JsonStringEnumMemberName("event/send")] EventSend,
    [JsonStringEnumMemberName("task/create")] TaskCreate,
    [JsonStringEnumMemberName("message/send")] MessageSend,
    [JsonStringEnumMemberName("task/cancel")] TaskCancel,
    [JsonStringEnumMemberName("task/interrupt")] TaskInterrupt,
}
