using System.Text.Json;
using System.Text.Json.Serialization;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Rpc;
using Agents.Durable.Contracts.Streaming;

namespace Agents.Durable.Contracts;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowOutOfOrderMetadataProperties = true,
    Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(Agent))]
[JsonSerializable(typeof(Agent[]))]
[JsonSerializable(typeof(RegisteredAgent))]
[JsonSerializable(typeof(AgentTask))]
[JsonSerializable(typeof(TaskDetails))]
[JsonSerializable(typeof(TaskSummary[]))]
[JsonSerializable(typeof(AgentEvent))]
[JsonSerializable(typeof(AgentEvent[]))]
[JsonSerializable(typeof(AgentState))]
[JsonSerializable(typeof(AgentState[]))]
[JsonSerializable(typeof(Span))]
[JsonSerializable(typeof(Span[]))]
[JsonSerializable(typeof(AgentTaskTracker))]
[JsonSerializable(typeof(AgentTaskTracker[]))]
[JsonSerializable(typeof(CheckpointName))]
[JsonSerializable(typeof(CheckpointTuple))]
[JsonSerializable(typeof(CheckpointItem[]))]
[JsonSerializable(typeof(Deployment))]
[JsonSerializable(typeof(Deployment[]))]
[JsonSerializable(typeof(DeploymentRecord))]
[JsonSerializable(typeof(DeploymentRecord[]))]
[JsonSerializable(typeof(AgentApiKey))]
[JsonSerializable(typeof(AgentApiKey[]))]
[JsonSerializable(typeof(CreatedAgentApiKey))]
[JsonSerializable(typeof(WebhookTrigger))]
[JsonSerializable(typeof(Deleted))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ValidationErrorBody))]
[JsonSerializable(typeof(DetailBody))]
[JsonSerializable(typeof(MessageContent))]
[JsonSerializable(typeof(TaskMessage))]
[JsonSerializable(typeof(TaskMessage[]))]
[JsonSerializable(typeof(MessagePage))]
[JsonSerializable(typeof(TaskMessageUpdate))]
[JsonSerializable(typeof(MessageDelta))]
[JsonSerializable(typeof(TaskStreamFrame))]
[JsonSerializable(typeof(RpcResponse<AgentTask>))]
[JsonSerializable(typeof(RpcResponse<AgentEvent>))]
[JsonSerializable(typeof(RpcResponse<TaskMessage[]>))]
[JsonSerializable(typeof(RpcResponse<TaskMessageUpdate>))]
[JsonSerializable(typeof(AcpRequest))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class WireContext : JsonSerializerContext;
