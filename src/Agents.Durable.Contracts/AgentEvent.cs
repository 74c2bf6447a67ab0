using Agents.Durable.Contracts.Messages;

namespace Agents.Durable.Contracts;

/// <summary>One input of a task. <see cref="SequenceId"/> grows over all tasks; the place in a task's mailbox is not shown.</summary>
public sealed record AgentEvent
{
    public required string Id { get; init; }
    public required long SequenceId { get; init; }
    public required string TaskId { get; init; }
    public required string AgentId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public MessageContent? Content { get; init; }
}
