using System.Text.Json;
using Agents.Durable.Contracts;

namespace Agents.Durable.Data.Entities;

public sealed class TaskRow : IOwned
{
    public required string Id { get; init; }
    public string Owner { get; set; } = null!;
    public string? Name { get; init; }
    public AgentTaskStatus Status { get; set; }
    public string? StatusReason { get; set; }
    public JsonElement? Params { get; set; }
    public JsonElement? TaskMetadata { get; set; }
    public DateTimeOffset? CleanedAt { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public required string AgentId { get; init; }
    public long MailboxPosition { get; set; }
    public long Ordinal { get; private set; }
}

/// <summary>That an agent takes part in a task, and how far it says to be: its tracker.</summary>
public sealed class TaskAgentRow : IOwned
{
    public required string TaskId { get; init; }
    public required string AgentId { get; init; }
    public string Owner { get; set; } = null!;
    public required string Id { get; init; }
    public string? Status { get; set; }
    public string? StatusReason { get; set; }
    public string? LastProcessedEventId { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public long Ordinal { get; private set; }
}
