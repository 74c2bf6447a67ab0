using Agents.Durable.Contracts.Messages;

namespace Agents.Durable.Data.Entities;

public sealed class MessageRow : IOwned
{
    public required string Id { get; init; }
    public string Owner { get; set; } = null!;
    public required string TaskId { get; init; }
    public required MessageContent Content { get; set; }
    public StreamingStatus? StreamingStatus { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public long Ordinal { get; private set; }
}
