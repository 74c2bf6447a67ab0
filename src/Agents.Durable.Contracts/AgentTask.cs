using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agents.Durable.Contracts;

/// <summary>RUNNING and INTERRUPTED are open, all others final, but that a FAILED task may run again.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AgentTaskStatus>))]
public enum AgentTaskStatus
{
    [JsonStringEnumMemberName("RUNNING")] Running,
    [JsonStringEnumMemberName("INTERRUPTED")] Interrupted,
    [JsonStringEnumMemberName("COMPLETED")] Completed,
    [JsonStringEnumMemberName("FAILED")] Failed,
    [JsonStringEnumMemberName("CANCELED")] Canceled,
    [JsonStringEnumMemberName("TERMINATED")] Terminated,
    [JsonStringEnumMemberName("TIMED_OUT")] TimedOut,
    [JsonStringEnumMemberName("DELETED")] Deleted,
}

public static class AgentTaskStatusExtensions
{
    /// <summary>Whether the task takes input and may change its status.</summary>
    public static bool IsOpen(this AgentTaskStatus status) => status is AgentTaskStatus.Running or AgentTaskStatus.Interrupted;
}

/// <summary>One run or conversation of an agent.</summary>
public record AgentTask
{
    public required string Id { get; init; }
    public string? Name { get; init; }
    public required AgentTaskStatus Status { get; init; }
    public string? StatusReason { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? CleanedAt { get; init; }
    public JsonElement? Params { get; init; }
    public JsonElement? TaskMetadata { get; init; }
}

/// <summary>A task that is read by itself, with its agents where they were asked for.</summary>
public sealed record TaskDetails : AgentTask
{
    public IReadOnlyList<Agent>? Agents { get; init; }
}

/// <summary>A task in a list: without its parameters.</summary>
public sealed record TaskSummary
{
    public required string Id { get; init; }
    public string? Name { get; init; }
    public required AgentTaskStatus Status { get; init; }
    public string? StatusReason { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? CleanedAt { get; init; }
    public JsonElement? TaskMetadata { get; init; }
    public IReadOnlyList<Agent>? Agents { get; init; }
}
