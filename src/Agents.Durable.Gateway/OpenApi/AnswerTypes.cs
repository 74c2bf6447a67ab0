using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Contracts.Rpc;
using Microsoft.AspNetCore.Http;

namespace Agents.Durable.Gateway.OpenApi;

/// <summary>What the routes answer, for their description. Handlers write bytes, so nothing can be derived from them.</summary>
internal static class AnswerTypes
{
    private static readonly Dictionary<string, Type> s_types = new(StringComparer.Ordinal)
    {
        ["GET /agents"] = typeof(Agent[]),
        ["POST /agents/register"] = typeof(RegisteredAgent),
        ["GET /deployment-history"] = typeof(DeploymentRecord[]),
        ["GET /deployment-history/{deployment_id}"] = typeof(DeploymentRecord),
        ["GET /tasks"] = typeof(TaskSummary[]),
        ["GET /tasks/{task_id}"] = typeof(TaskDetails),
        ["GET /tasks/name/{task_name}"] = typeof(TaskDetails),
        ["GET /tasks/{task_id}/export"] = typeof(TaskExport),
        ["POST /tasks/{task_id}/export"] = typeof(UploadedExport),
        ["POST /tasks/{task_id}/clean"] = typeof(CleanedTask),
        ["GET /tasks/{task_id}/query/{query_name}"] = typeof(QueryAnswer),
        ["GET /messages"] = typeof(TaskMessage[]),
        ["GET /messages/paginated"] = typeof(MessagePage),
        ["POST /messages/batch"] = typeof(TaskMessage[]),
        ["PUT /messages/batch"] = typeof(TaskMessage[]),
        ["GET /events"] = typeof(AgentEvent[]),
        ["GET /dead_letters"] = typeof(DeadLetter[]),
        ["GET /dead_letters/{event_id}"] = typeof(DeadLetter),
        ["POST /dead_letters/{event_id}/redeliver"] = typeof(AgentEvent),
        ["GET /states"] = typeof(AgentState[]),
        ["GET /spans"] = typeof(Span[]),
        ["GET /tracker"] = typeof(AgentTaskTracker[]),
        ["GET /agent_api_keys"] = typeof(AgentApiKey[]),
        ["POST /agent_api_keys"] = typeof(CreatedAgentApiKey),
        ["POST /agent_api_keys/webhook-trigger"] = typeof(WebhookTrigger),
        ["POST /checkpoints/get-tuple"] = typeof(CheckpointTuple),
        ["POST /checkpoints/put"] = typeof(CheckpointName),
        ["POST /checkpoints/list"] = typeof(CheckpointItem[]),
        ["GET /agents/{agent_id}/deployments"] = typeof(Deployment[]),
        ["GET /agents/{agent_id}/schedules"] = typeof(RunScheduleList),
    };

    // What the routes of an entity answer, where the table above says nothing else.
    private static readonly (string Prefix, Type Type)[] s_entities =
    [
        ("/agents/{agent_id}/deployments", typeof(Deployment)), ("/agents/{agent_id}/schedules", typeof(RunSchedule)), ("/agents", typeof(Agent)), ("/tasks", typeof(AgentTask)), ("/messages", typeof(TaskMessage)),
        ("/events", typeof(AgentEvent)), ("/states", typeof(AgentState)), ("/spans", typeof(Span)), ("/tracker", typeof(AgentTaskTracker)), ("/agent_api_keys", typeof(AgentApiKey)),
    ];

    /// <summary>Null where the answer has no fixed type, or there is none.</summary>
    public static Type? Of(string method, string path)
    {
        if (s_types.TryGetValue($"{method} {path}", out var type))
        {
            return type;
        }

        if (path.EndsWith("/rpc", StringComparison.Ordinal))
        {
            return typeof(RpcResponse<AgentTask>);
        }

        if (path.EndsWith("/stream", StringComparison.Ordinal) || path.EndsWith("/definition", StringComparison.Ordinal) || path.EndsWith("/rehydrate", StringComparison.Ordinal)
            || path.StartsWith("/agents/forward", StringComparison.Ordinal))
        {
            return null;
        }

        return HttpMethods.IsDelete(method) && !path.StartsWith("/states", StringComparison.Ordinal)
            ? path.StartsWith("/agent_api_keys", StringComparison.Ordinal) ? typeof(string) : typeof(Deleted)
            : s_entities.FirstOrDefault(entity => path.StartsWith(entity.Prefix, StringComparison.Ordinal)).Type;
    }
}
