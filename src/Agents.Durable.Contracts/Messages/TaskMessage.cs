using System.Text.Json.Serialization;

namespace Agents.Durable.Contracts.Messages;

[JsonConverter(typeof(JsonStringEnumConverter<StreamingStatus>))]
public enum StreamingStatus
{
    [JsonStringEnumMemberName("IN_PROGRESS")] InProgress,
    [JsonStringEnumMemberName("DONE")] Done,
}

/// <summary>A stored message of a task: what people see.</summary>
public sealed record TaskMessage
{
    public required string Id { get; init; }
    public required string TaskId { get; init; }
    public required MessageContent Content { get; init; }
    public StreamingStatus? StreamingStatus { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A page of messages; <see cref="NextCursor"/> is opaque.</summary>
public sealed record MessagePage(IReadOnlyList<TaskMessage> Data, string? NextCursor, bool HasMore);
