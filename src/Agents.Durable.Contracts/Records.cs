using System.Text.Json;

namespace Agents.Durable.Contracts;

/// <summary>What an agent remembers of a task.</summary>
public sealed record AgentState
{
    public required string TaskId { get; init; }
    public required string AgentId { get; init; }
    public required JsonElement State { get; init; }
    public required string Id { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A step of a trace. <see cref="Input"/>, <see cref="Output"/> and <see cref="Data"/> are objects or lists of objects.</summary>
public sealed record Span
{
    public required string Id { get; init; }
    public required string TraceId { get; init; }
    public string? TaskId { get; init; }
    public string? ParentId { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset StartTime { get; init; }
    public DateTimeOffset? EndTime { get; init; }
    public JsonElement? Input { get; init; }
    public JsonElement? Output { get; init; }
    public JsonElement? Data { get; init; }
}

/// <summary>How far an agent says to be with the events of a task; the words are its own.</summary>
public sealed record AgentTaskTracker
{
    public required string Id { get; init; }
    public required string AgentId { get; init; }
    public required string TaskId { get; init; }
    public string? Status { get; init; }
    public string? StatusReason { get; init; }
    public string? LastProcessedEventId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}
