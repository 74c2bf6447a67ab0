using System.Text.Json;

namespace Agents.Durable.Data.Entities;

/// <summary>What an agent remembers of a task. There may be several of one pair.</summary>
public sealed class StateRow : IOwned
{
    public required string Id { get; init; }
    public string Owner { get; set; } = null!;
    public required string TaskId { get; init; }
    public required string AgentId { get; init; }
    public required JsonElement? State { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public long Ordinal { get; private set; }
}

/// <summary>A step of a trace. Ids are unique per owner.</summary>
public sealed class SpanRow : IOwned
{
    public string Owner { get; set; } = null!;
    public required string Id { get; init; }
    public required string TraceId { get; set; }
    public string? TaskId { get; set; }
    public string? ParentId { get; set; }
    public required string Name { get; set; }
    public DateTimeOffset StartTime { get; set; }
    public DateTimeOffset? EndTime { get; set; }
    public JsonElement? Input { get; set; }
    public JsonElement? Output { get; set; }
    public JsonElement? Data { get; set; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public long Ordinal { get; private set; }
}

/// <summary>A checkpoint of LangGraph. Written with plain SQL, because the same one may come twice.</summary>
public sealed class CheckpointRow : IOwned
{
    public string Owner { get; set; } = null!;
    public required string ThreadId { get; init; }
    public required string CheckpointNs { get; init; }
    public required string CheckpointId { get; init; }
    public string? ParentCheckpointId { get; init; }
    public required JsonElement? Checkpoint { get; init; }
    public required JsonElement? Metadata { get; init; }
}

/// <summary>The value of a channel at a version, shared by the checkpoints that name it.</summary>
public sealed class CheckpointBlobRow : IOwned
{
    public string Owner { get; set; } = null!;
    public required string ThreadId { get; init; }
    public required string CheckpointNs { get; init; }
    public required string Channel { get; init; }
    public required string Version { get; init; }
    public required string Type { get; init; }
    public byte[]? Blob { get; init; }
}

/// <summary>A write that was made after a checkpoint and before the next.</summary>
public sealed class CheckpointWriteRow : IOwned
{
    public string Owner { get; set; } = null!;
    public required string ThreadId { get; init; }
    public required string CheckpointNs { get; init; }
    public required string CheckpointId { get; init; }
    public required string TaskId { get; init; }
    public int Idx { get; init; }
    public required string Channel { get; init; }
    public string? Type { get; init; }
    public required byte[] Blob { get; init; }
    public required string TaskPath { get; init; }
}
