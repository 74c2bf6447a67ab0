using System.Text.Json;
using System.Text.Json.Serialization;
using Agents.Durable.Contracts.Messages;

namespace Agents.Durable.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<RunScheduleState>))]
public enum RunScheduleState
{
    [JsonStringEnumMemberName("ACTIVE")] Active,
    [JsonStringEnumMemberName("PAUSED")] Paused,
}

/// <summary>What a run of a schedule begins with.</summary>
public sealed record ScheduleInput
{
    public string Type { get; init; } = "text";
    public MessageAuthor Author { get; init; }
    public required string Content { get; init; }
}

/// <summary>Who made a schedule; not told here.</summary>
public sealed record ScheduleCreator
{
    public string? PrincipalType { get; init; }
    public string? UserId { get; init; }
    public string? ServiceAccountId { get; init; }
    public string? AccountId { get; init; }
}

/// <summary>Runs of an agent that begin by the clock. The live part is left empty in plain lists.</summary>
public sealed record RunSchedule
{
    public required string Id { get; init; }
    public required string AgentId { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }
    public string? CronExpression { get; init; }
    public long? IntervalSeconds { get; init; }
    public required string Timezone { get; init; }
    public DateTimeOffset? StartAt { get; init; }
    public DateTimeOffset? EndAt { get; init; }
    public required bool Paused { get; init; }
    public JsonElement? TaskParams { get; init; }
    public JsonElement? TaskMetadata { get; init; }
    public required ScheduleInput InitialInput { get; init; }
    public required string InitialInputMethod { get; init; }
    public ScheduleCreator CreatorPrincipal { get; init; } = new();
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required RunScheduleState State { get; init; }
    public IReadOnlyList<DateTimeOffset> NextActionTimes { get; init; } = [];
    public bool? LiveDataAvailable { get; init; }
    public IReadOnlyList<DateTimeOffset> SkippedActionTimes { get; init; } = [];
    public DateTimeOffset? LastActionTime { get; init; }
    public int NumActionsTaken { get; init; }
}

/// <summary>The schedules of an agent.</summary>
public sealed record RunScheduleList(IReadOnlyList<RunSchedule> RunSchedules, int Total);
