using Agents.Durable.Contracts.Messages;

namespace Agents.Durable.Contracts;

/// <summary>What people said and agents remembered in a task, as it is stored.</summary>
public sealed record TaskExport
{
    public required string TaskId { get; init; }
    public IReadOnlyList<TaskMessage> Messages { get; init; } = [];
    public IReadOnlyList<AgentState> TaskStates { get; init; } = [];
}

/// <summary>The answer to an export to a URL.</summary>
public sealed record UploadedExport
{
    public required string TaskId { get; init; }
    public required string UploadUrl { get; init; }
    public required long UploadedBytes { get; init; }
    public required int MessagesCount { get; init; }
    public required int TaskStatesCount { get; init; }
}

/// <summary>What was deleted of a task.</summary>
public sealed record CleanedTask
{
    public required string TaskId { get; init; }
    public required DateTimeOffset CleanedAt { get; init; }
    public required int MessagesDeleted { get; init; }
    public required int TaskStatesDeleted { get; init; }
    public required int EventsDeleted { get; init; }
}

/// <summary>The answer of a workflow to a query.</summary>
public sealed record QueryAnswer(string TaskId, string Query, System.Text.Json.JsonElement? Result);
