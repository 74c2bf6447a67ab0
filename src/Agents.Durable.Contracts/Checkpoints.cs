using System.Text.Json;

namespace Agents.Durable.Contracts;

/// <summary>Which checkpoint a call was about.</summary>
public sealed record CheckpointName(string ThreadId, string CheckpointNs, string CheckpointId);

/// <summary>A checkpoint in a list.</summary>
public record CheckpointItem
{
    public required string ThreadId { get; init; }
    public required string CheckpointNs { get; init; }
    public required string CheckpointId { get; init; }
    public string? ParentCheckpointId { get; init; }
    public required JsonElement Checkpoint { get; init; }
    public required JsonElement Metadata { get; init; }
}

/// <summary>A checkpoint with the values of its channels and what was written after it.</summary>
public sealed record CheckpointTuple : CheckpointItem
{
    public required IReadOnlyList<CheckpointBlob> Blobs { get; init; }
    public required IReadOnlyList<CheckpointWrite> PendingWrites { get; init; }
}

/// <param name="Blob">Base64; null for an empty channel.</param>
public sealed record CheckpointBlob(string Channel, string Version, string Type, string? Blob);

/// <param name="Blob">Base64.</param>
public sealed record CheckpointWrite(string TaskId, int Idx, string Channel, string? Type, string? Blob);
