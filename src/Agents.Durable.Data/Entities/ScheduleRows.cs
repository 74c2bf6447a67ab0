using System.Text.Json;
using Agents.Durable.Contracts.Messages;

namespace Agents.Durable.Data.Entities;

/// <summary>Runs of an agent that begin by the clock: a cron expression or an interval.</summary>
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
    public DateTimeOffset? NextAt { get; set; }
    public DateTimeOffset? LastActionTime { get; set; }
    public int Actions { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public long Ordinal { get; private set; }
}

/// <summary>One run that a schedule began, until its input is delivered or given up.</summary>
public sealed class ScheduleFireRow : IOwned
{
    public required string Id { get; init; }
    public string Owner { get; set; } = null!;
    public required string ScheduleId { get; init; }

    /// <summary><c>scheduled</c> or <c>manual</c>.</summary>
    public required string TriggerType { get; init; }
    public DateTimeOffset FireTime { get; init; }
    public int Attempts { get; set; }
    public DateTimeOffset DueAt { get; set; }
    public DateTimeOffset? SettledAt { get; set; }
    public string? LastError { get; set; }
}
