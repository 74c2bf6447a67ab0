using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Gateway.Errors;
using Agents.Durable.Gateway.Records;
using Agents.Durable.Gateway.Requests;

namespace Agents.Durable.Gateway.Retention;

/// <summary>Reads an export of a task, which may have lain anywhere since it was written.</summary>
internal static class ExportReader
{
    /// <summary>An export from elsewhere.</summary>
    /// <exception cref="ValidationException">It is none.</exception>
    public static TaskExport Parse(string json, string taskId, DateTimeOffset now)
    {
        var (value, fault) = PythonJson.Parse(json);
        var problems = new Problems();
        if (fault is not null)
        {
            problems.Add("snapshot", "json_invalid", $"JSON decode error: {fault.Words}");
        }

        var fields = fault is null ? Fields.Of(value!.Value, "snapshot", problems) : null;
        problems.ThrowIfAny();
        return Read(fields!.Value, taskId, now);
    }

    /// <exception cref="ValidationException">It is none.</exception>
    public static TaskExport Read(Fields body, string taskId, DateTimeOffset now)
    {
        var export = new TaskExport
        {
            TaskId = taskId,
            Messages = [.. ItemsOf(body, "messages").Select(item => Message(item, now)).OfType<TaskMessage>()],
            TaskStates = [.. ItemsOf(body, "task_states").Select(item => State(item, now)).OfType<AgentState>()],
        };
        body.Problems.ThrowIfAny();
        return export;
    }

    private static IEnumerable<Fields> ItemsOf(Fields body, string name) => !body.Has(name)
        ? []
        : body.Items(name).Select(item => Fields.Of(item.Value, item.Path, body.Problems)).OfType<Fields>();

    private static TaskMessage? Message(Fields item, DateTimeOffset now)
    {
        var created = item.OptionalTime("created_at");
        var (id, taskId, status, updated) = (item.OptionalText("id"), item.Text("task_id"), item.OptionalChoice<StreamingStatus>("streaming_status"), item.OptionalTime("updated_at"));
        return ContentReader.Required(item, "content") is { } content
            ? new TaskMessage { Id = id ?? ShortId.New(created ?? now), TaskId = taskId, Content = content, StreamingStatus = status, CreatedAt = created, UpdatedAt = updated }
            : null;
    }

    private static AgentState? State(Fields item, DateTimeOffset now)
    {
        var created = item.OptionalTime("created_at") ?? now;
        var state = item.Object("state");
        var (id, taskId, agentId, updated) = (item.OptionalText("id"), item.Text("task_id"), item.Text("agent_id"), item.OptionalTime("updated_at"));
        return state.ValueKind == JsonValueKind.Object
            ? new AgentState { Id = id ?? ShortId.New(created), TaskId = taskId, AgentId = agentId, State = state, CreatedAt = created, UpdatedAt = updated }
            : null;
    }
}
