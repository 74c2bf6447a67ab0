using System.Text.Json;
using Agents.Durable.Contracts.Messages;

namespace Agents.Durable.Data.Entities;

/// <summary>Runs of an agent that begin by the clock: a cron expression or an interval. The engine keeps the clock; the row says what its schedule is to be.</summary>
public sealed class RunScheduleRow : IOwned
{
    public required string Id { get; init; }
    public string Owner { get; set; } = null!;
    public required string AgentId { get; init; }
    public required string Name { get; set; }
    public string? Description { get; set; }
    public string? CronExpression { get; set; }
    public long? IntervalSeconds { get; set; }
    public required string Timezone { get; set; }
    public DateTimeOffset? StartAt { get; set; }
    public DateTimeOffset? EndAt { get; set; }
    public bool Paused { get; set; }
    public JsonElement? TaskParams { get; set; }
    public JsonElement? TaskMetadata { get; set; }
    public MessageAuthor InputAuthor { get; set; }
    public required string InputContent { get; set; }

    /// <summary>Why it was paused or resumed.</summary>
    public string? Note { get; set; }
    public DateTimeOffset[] Skipped { get; set; } = [];


    /// <summary>Counts the changes; the engine's schedule carries that of the row it was made from.</summary>
    public long Version { get; set; } = 1;

    /// <summary>When the engine is to be compared with the row, because a change may have reached one and not the other; null when they are known to agree.</summary>
    public DateTimeOffset? CompareAt { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public long Ordinal { get; private set; }
}
