using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Agents.Durable.Gateway.OpenApi;

/// <summary>
/// What the routes take, for their description: handlers read bodies field by field, so nothing can be derived from them. A field is written
/// <c>name type</c>, with <c>*</c> after the name where it is required, <c>?</c> after the type where it may be null, and <c>=value</c> for its default.
/// A test sends every route nothing and compares what it misses with what is required here.
/// </summary>
internal static class RequestTypes
{
    /// <summary>What people and agents say; a type of the contracts.</summary>
    public const string Content = "TaskMessageContent";

    private const string Paging = "limit integer=50; page_number integer=1; order_by string?; order_direction string=desc";

    private static readonly Dictionary<string, string> s_bodies = new(StringComparer.Ordinal)
    {
        ["POST /agents/register"] = "RegisterAgentRequest",
        ["POST /agents/register-build"] = "RegisterBuildRequest",
        ["PUT /agents/name/{agent_name}/definition"] = "AgentDefinition",
        ["POST /agents/{agent_id}/rpc"] = "AgentRPCRequest",
        ["POST /agents/name/{agent_name}/rpc"] = "AgentRPCRequest",
        ["POST /agents/{agent_id}/deployments/{deployment_id}/rpc"] = "AgentRPCRequest",
        ["POST /agents/{agent_id}/deployments"] = "CreateDeploymentRequest",
        ["POST /agents/{agent_id}/schedules"] = "CreateAgentRunScheduleRequest",
        ["PATCH /agents/{agent_id}/schedules/{schedule_id}"] = "UpdateAgentRunScheduleRequest",
        ["PATCH /agents/{agent_id}/schedules/name/{name}"] = "UpdateAgentRunScheduleRequest",
        ["POST /agents/{agent_id}/schedules/{schedule_id}/pause"] = "ScheduleNote",
        ["POST /agents/{agent_id}/schedules/name/{name}/pause"] = "ScheduleNote",
        ["POST /agents/{agent_id}/schedules/{schedule_id}/resume"] = "ScheduleNote",
        ["POST /agents/{agent_id}/schedules/name/{name}/resume"] = "ScheduleNote",
        ["POST /agents/{agent_id}/schedules/{schedule_id}/skip"] = "ScheduledTime",
        ["POST /agents/{agent_id}/schedules/{schedule_id}/unskip"] = "ScheduledTime",
        ["PUT /tasks/{task_id}"] = "UpdateTaskRequest",
        ["PUT /tasks/name/{task_name}"] = "UpdateTaskRequest",
        ["POST /tasks/{task_id}/complete"] = "TaskStatusReasonRequest",
        ["POST /tasks/{task_id}/fail"] = "TaskStatusReasonRequest",
        ["POST /tasks/{task_id}/cancel"] = "TaskStatusReasonRequest",
        ["POST /tasks/{task_id}/interrupt"] = "TaskStatusReasonRequest",
        ["POST /tasks/{task_id}/terminate"] = "TaskStatusReasonRequest",
        ["POST /tasks/{task_id}/timeout"] = "TaskStatusReasonRequest",
        ["POST /tasks/{task_id}/export"] = "ExportTaskToUrlRequest",
        ["POST /tasks/{task_id}/clean"] = "CleanTaskRequest",
        ["POST /tasks/{task_id}/rehydrate"] = "RehydrateTaskRequest",
        ["POST /messages"] = "CreateTaskMessageRequest",
        ["PUT /messages/{message_id}"] = "UpdateTaskMessageRequest",
        ["POST /messages/batch"] = "BatchCreateTaskMessagesRequest",
        ["PUT /messages/batch"] = "BatchUpdateTaskMessagesRequest",
        ["POST /states"] = "CreateStateRequest",
        ["PUT /states/{state_id}"] = "UpdateStateRequest",
        ["POST /spans"] = "CreateSpanRequest",
        ["PATCH /spans/{span_id}"] = "UpdateSpanRequest",
        ["PUT /tracker/{tracker_id}"] = "UpdateAgentTaskTrackerRequest",
        ["POST /agent_api_keys"] = "CreateAPIKeyRequest",
        ["POST /agent_api_keys/webhook-trigger"] = "CreateWebhookTriggerRequest",
        ["POST /access_keys"] = "CreateAccessKeyRequest",
        ["POST /checkpoints/put"] = "PutCheckpointRequest",
        ["POST /checkpoints/put-writes"] = "PutWritesRequest",
        ["POST /checkpoints/get-tuple"] = "GetCheckpointTupleRequest",
        ["POST /checkpoints/list"] = "ListCheckpointsRequest",
        ["POST /checkpoints/delete-thread"] = "DeleteThreadRequest",
    };

    // Bodies that may be left out altogether.
    private static readonly HashSet<string> s_optional = new(StringComparer.Ordinal) { "TaskStatusReasonRequest", "ScheduleNote" };

    private static readonly Dictionary<string, string> s_schemas = new(StringComparer.Ordinal)
    {
        ["RegisterAgentRequest"] = "name* string; description* string; acp_url* string; agent_id string?; acp_type* sync|async|agentic; principal_context any?; registration_metadata object?; agent_input_type text|json?",
        ["RegisterBuildRequest"] = "name* string; description* string; registration_metadata object?; agent_input_type text|json?",
        ["AgentDefinition"] = "description string?; instructions string?; model* ModelChoice; tools any[]; limits object?",
        ["ModelChoice"] = "provider* string; name* string; parameters object?",
        ["AgentRPCRequest"] = "jsonrpc string=2.0; method* event/send|task/create|message/send|task/cancel|task/interrupt; params* AgentRPCParams; id any?",
        ["AgentRPCParams"] = $"name string?; params object?; task_metadata object?; task_id string?; task_name string?; content {Content}?; stream boolean=false; task_params object?",
        ["CreateDeploymentRequest"] = "docker_image* string; registration_metadata object?; sgp_deploy_id string?; helm_release_name string?",
        ["CreateAgentRunScheduleRequest"] =
            "name* string; description string?; cron_expression string?; interval_seconds integer?; timezone string=UTC; start_at time?; end_at time?; paused boolean=false; "
            + "task_params object?; task_metadata object?; initial_input* ScheduleInitialInput",
        ["UpdateAgentRunScheduleRequest"] =
            "name string?; description string?; cron_expression string?; interval_seconds integer?; timezone string?; start_at time?; end_at time?; paused boolean?; "
            + "task_params object?; task_metadata object?; initial_input ScheduleInitialInput?",
        ["ScheduleInitialInput"] = "type text=text; author user|agent=user; content* string",
        ["ScheduleNote"] = "note string?",
        ["ScheduledTime"] = "scheduled_time* time",
        ["UpdateTaskRequest"] = "task_metadata object?; merge_params object?",
        ["TaskStatusReasonRequest"] = "reason string?",
        ["ExportTaskToUrlRequest"] = "upload_url* string",
        ["CleanTaskRequest"] = "force boolean=false; idle_days integer=7",
        ["RehydrateTaskRequest"] = "task_id* string; messages any[]; task_states any[]; snapshot_url string?",
        ["CreateTaskMessageRequest"] = $"task_id* string; content* {Content}; streaming_status IN_PROGRESS|DONE?; created_at time?",
        ["UpdateTaskMessageRequest"] = $"task_id* string; content* {Content}; streaming_status IN_PROGRESS|DONE?",
        ["BatchCreateTaskMessagesRequest"] = $"task_id* string; contents* {Content}[]; created_at time?",
        ["BatchUpdateTaskMessagesRequest"] = "task_id* string; updates* object",
        ["CreateStateRequest"] = "task_id* string; agent_id* string; state* object",
        ["UpdateStateRequest"] = "state* object",
        ["CreateSpanRequest"] = "id string?; trace_id* string; task_id string?; parent_id string?; name* string; start_time* time; end_time time?; input any?; output any?; data any?",
        ["UpdateSpanRequest"] = "trace_id string?; task_id string?; parent_id string?; name string?; start_time time?; end_time time?; input any?; output any?; data any?",
        ["UpdateAgentTaskTrackerRequest"] = "last_processed_event_id string?; status string?; status_reason string?",
        ["CreateAPIKeyRequest"] = "agent_id string?; agent_name string?; name* string; api_key_type internal|external|github|slack=external; api_key string?",
        ["CreateWebhookTriggerRequest"] = "agent_name* string; source internal|external|github|slack=github; name* string; forward_path* string; secret string?; base_url string?",
        ["CreateAccessKeyRequest"] = "name* string; roles string[]?",
        ["PutCheckpointRequest"] = "thread_id* string; checkpoint_ns string=; checkpoint_id* string; parent_checkpoint_id string?; checkpoint* object; metadata object; blobs BlobData[]",
        ["BlobData"] = "channel* string; version* string; type* string; blob string?",
        ["PutWritesRequest"] = "thread_id* string; checkpoint_ns string=; checkpoint_id* string; writes* WriteData[]; upsert boolean=false",
        ["WriteData"] = "task_id* string; idx* integer; channel* string; type string?; blob* string; task_path string=",
        ["GetCheckpointTupleRequest"] = "thread_id* string; checkpoint_ns string=; checkpoint_id string?",
        ["ListCheckpointsRequest"] = "thread_id* string; checkpoint_ns string?; before_checkpoint_id string?; filter_metadata object?; limit integer=100",
        ["DeleteThreadRequest"] = "thread_id* string",
    };

    private static readonly Dictionary<string, string> s_queries = new(StringComparer.Ordinal)
    {
        ["/agents"] = $"task_id string?; {Paging}",
        ["/tasks"] = $"agent_id string?; agent_name string?; status string?; task_metadata string?; {Paging}; relationships string?",
        ["/tasks/{task_id}"] = "relationships string?",
        ["/tasks/name/{task_name}"] = "relationships string?",
        ["/messages"] = $"task_id* string; {Paging}; filters string?",
        ["/messages/paginated"] = "task_id* string; limit integer=50; cursor string?; direction older|newer=older; filters string?",
        ["/spans"] = $"trace_id string?; task_id string?; {Paging}",
        ["/states"] = $"task_id string?; agent_id string?; {Paging}",
        ["/events"] = "task_id* string; agent_id* string; last_processed_event_id string?; limit integer?",
        ["/dead_letters"] = $"task_id string?; agent_id string?; {Paging}",
        ["/tracker"] = $"agent_id string?; task_id string?; {Paging}",
        ["/agent_api_keys"] = "agent_id string?; agent_name string?; limit integer=50; page_number integer=1",
        ["/agent_api_keys/name/{name}"] = "agent_id string?; agent_name string?; api_key_type internal|external|github|slack=external",
        ["/deployment-history"] = $"agent_id string?; agent_name string?; {Paging}",
        ["/agents/{agent_id}/deployments"] = Paging,
        ["/agents/{agent_id}/schedules"] = "limit integer=100; include_live boolean=false",
    };

    /// <summary>The name of the schema of a route's body and whether it may be left out; null where there is none.</summary>
    public static (string Name, bool IsOptional)? BodyOf(string method, string path) =>
        s_bodies.TryGetValue($"{method} {path}", out var name) ? (name, s_optional.Contains(name)) : null;

    /// <summary>A schema, and the names of those it refers to.</summary>
    public static (JsonObject Schema, IReadOnlyList<string> References) SchemaOf(string name)
    {
        var references = new List<string>();
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var field in FieldsOf(s_schemas[name]))
        {
            properties[field.Name] = TypeOf(field, references);
            if (field.IsRequired)
            {
                required.Add(field.Name);
            }
        }

        var schema = new JsonObject { ["type"] = "object", ["title"] = name, ["properties"] = properties };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        return (schema, references);
    }

    /// <summary>The parameters of a list's query.</summary>
    public static IEnumerable<JsonObject> QueryOf(string method, string path) => method == "GET" && s_queries.TryGetValue(path, out var fields)
        ? FieldsOf(fields).Select(field => new JsonObject { ["name"] = field.Name, ["in"] = "query", ["required"] = field.IsRequired, ["schema"] = TypeOf(field, []) })
        : [];

    private static IEnumerable<Field> FieldsOf(string fields)
    {
        foreach (var field in fields.Split("; "))
        {
            var (name, type, rest) = field.Split(' ', 2) is [var first, var second] ? (first, second, second.IndexOf('=', StringComparison.Ordinal)) : throw new UnreachableException(field);
            var usual = rest < 0 ? null : type[(rest + 1)..];
            type = rest < 0 ? type : type[..rest];
            yield return new Field(name.TrimEnd('*'), type.TrimEnd('?'), name.EndsWith('*'), type.EndsWith('?'), usual);
        }
    }

    private static JsonNode TypeOf(Field field, List<string> references)
    {
        var schema = Bare(field.Type, references);
        if (field.IsNullable && field.Type != "any")
        {
            schema = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        }

        if (field.Default is { } usual)
        {
            schema["default"] = field.Type switch
            {
                "integer" => JsonValue.Create(int.Parse(usual, System.Globalization.CultureInfo.InvariantCulture)),
                "boolean" => JsonValue.Create(usual == "true"),
                _ => JsonValue.Create(usual),
            };
        }

        return schema;
    }

    private static JsonNode Bare(string type, List<string> references)
    {
        if (type.EndsWith("[]", StringComparison.Ordinal))
        {
            return new JsonObject { ["type"] = "array", ["items"] = Bare(type[..^2], references) };
        }

        if (type is "string" or "integer" or "boolean" or "object")
        {
            return new JsonObject { ["type"] = type };
        }

        if (type == "time")
        {
            return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        }

        if (type == "any")
        {
            return new JsonObject();
        }

        if (type == Content || s_schemas.ContainsKey(type))
        {
            references.Add(type);
            return new JsonObject { ["$ref"] = $"#/components/schemas/{type}" };
        }

        return new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. type.Split('|').Select(JsonNode? (value) => JsonValue.Create(value))]) };
    }

    private readonly record struct Field(string Name, string Type, bool IsRequired, bool IsNullable, string? Default);
}
