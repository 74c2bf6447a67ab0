using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Entities;

namespace Agents.Durable.Gateway.Messages;

/// <summary>Messages from rows to the wire.</summary>
internal static class MessageMapping
{
    public static TaskMessage ToWire(this MessageRow row) => new()
    {
        Id = row.Id,
        TaskId = row.TaskId,
        Content = row.Content,
        StreamingStatus = row.StreamingStatus,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
    };
}
