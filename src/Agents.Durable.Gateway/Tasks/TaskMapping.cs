using Agents.Durable.Contracts;
using Agents.Durable.Data.Entities;

namespace Agents.Durable.Gateway.Tasks;

/// <summary>Tasks from rows to the wire.</summary>
internal static class TaskMapping
{
    public static AgentTask ToWire(this TaskRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Status = row.Status,
        StatusReason = row.StatusReason,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        CleanedAt = row.CleanedAt,
        Params = row.Params,
        TaskMetadata = row.TaskMetadata,
    };

    public static TaskDetails ToDetails(this TaskRow row, IReadOnlyList<Agent>? agents) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Status = row.Status,
        StatusReason = row.StatusReason,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        CleanedAt = row.CleanedAt,
        Params = row.Params,
        TaskMetadata = row.TaskMetadata,
        Agents = agents,
    };

    public static TaskSummary ToSummary(this TaskRow row, IReadOnlyList<Agent>? agents) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Status = row.Status,
        StatusReason = row.StatusReason,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        CleanedAt = row.CleanedAt,
        TaskMetadata = row.TaskMetadata,
        Agents = agents,
    };
}

/// <summary>How a route names a task.</summary>
internal readonly record struct TaskKeyword(string? Id, string? Name)
{
    public string Text => Id ?? Name!;

    public static TaskKeyword ById(string id) => new(id, null);

    public static TaskKeyword ByName(string name) => new(null, name);
}
