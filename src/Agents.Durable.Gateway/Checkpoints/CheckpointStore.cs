using System.Text.Json;
using Agents.Durable.Contracts;
using Agents.Durable.Data;
using Agents.Durable.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace Agents.Durable.Gateway.Checkpoints;

/// <summary>Where LangGraph keeps its checkpoints. Every call may be repeated.</summary>
internal sealed class CheckpointStore(DataContext data, OwnerScope scope)
{
    /// <summary>Stores a checkpoint and the channel values that are new with it; a known value is never replaced, because versions are immutable.</summary>
    public async Task PutAsync(CheckpointItem checkpoint, IReadOnlyList<NewBlob> blobs, CancellationToken cancellationToken)
    {
        await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
        var (owner, thread, space) = (scope.Owner.Value, checkpoint.ThreadId, checkpoint.CheckpointNs);
        foreach (var blob in blobs)
        {
            await data.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO checkpoint_blobs (owner, thread_id, checkpoint_ns, channel, version, type, blob)
                VALUES ({owner}, {thread}, {space}, {blob.Channel}, {blob.Version}, {blob.Type}, {blob.Bytes}) ON CONFLICT DO NOTHING
                """, cancellationToken);
        }

        var (body, metadata) = (Storable.Json(checkpoint.Checkpoint.GetRawText()), Storable.Json(checkpoint.Metadata.GetRawText()));
        await data.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO checkpoints (owner, thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata)
            VALUES ({owner}, {thread}, {space}, {checkpoint.CheckpointId}, {checkpoint.ParentCheckpointId}, {body}::jsonb, {metadata}::jsonb)
            ON CONFLICT (owner, thread_id, checkpoint_ns, checkpoint_id) DO UPDATE
            SET checkpoint = excluded.checkpoint, metadata = excluded.metadata
            """, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <param name="replace">Whether a write that is there is replaced; else it stays.</param>
    public async Task PutWritesAsync(CheckpointName name, IReadOnlyList<NewWrite> writes, bool replace, CancellationToken cancellationToken)
    {
        await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
        foreach (var write in writes)
        {
            await data.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO checkpoint_writes (owner, thread_id, checkpoint_ns, checkpoint_id, task_id, idx, channel, type, blob, task_path)
                VALUES ({scope.Owner.Value}, {name.ThreadId}, {name.CheckpointNs}, {name.CheckpointId}, {write.TaskId}, {write.Idx}, {write.Channel}, {write.Type}, {write.Bytes}, {write.TaskPath})
                ON CONFLICT (owner, thread_id, checkpoint_ns, checkpoint_id, task_id, idx) DO UPDATE
                SET channel = excluded.channel, type = excluded.type, blob = excluded.blob WHERE {replace}
                """, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>A checkpoint with all that belongs to it, the newest one where no id is given; null where there is none.</summary>
    public async Task<CheckpointTuple?> FindAsync(string thread, string space, string? id, CancellationToken cancellationToken)
    {
        var row = await data.Checkpoints.AsNoTracking()
            .Where(row => row.ThreadId == thread && row.CheckpointNs == space && (id == null || row.CheckpointId == id))
            .OrderByDescending(row => row.CheckpointId)
            .FirstOrDefaultAsync(cancellationToken);
        if (row is null)
        {
            return null;
        }

        var writes = await data.CheckpointWrites.AsNoTracking()
            .Where(write => write.ThreadId == thread && write.CheckpointNs == space && write.CheckpointId == row.CheckpointId)
            .OrderBy(write => write.TaskId).ThenBy(write => write.Idx)
            .ToListAsync(cancellationToken);
        return new CheckpointTuple
        {
            ThreadId = row.ThreadId,
            CheckpointNs = row.CheckpointNs,
            CheckpointId = row.CheckpointId,
            ParentCheckpointId = row.ParentCheckpointId,
            Checkpoint = row.Checkpoint!.Value,
            Metadata = row.Metadata!.Value,
            Blobs = await BlobsOfAsync(row, cancellationToken),
            PendingWrites = [.. writes.Select(write => new CheckpointWrite(write.TaskId, write.Idx, write.Channel, write.Type, Convert.ToBase64String(write.Blob)))],
        };
    }

    /// <summary>Highest ids first.</summary>
    /// <param name="space">Null for all namespaces.</param>
    /// <param name="metadata">JSON that the metadata must contain.</param>
    public async Task<CheckpointItem[]> ListAsync(string thread, string? space, string? before, string? metadata, int limit, CancellationToken cancellationToken)
    {
        var wanted = metadata is null ? null : Storable.Json(metadata);
        var rows = await (wanted is null ? data.Checkpoints : data.Checkpoints.FromSql($"SELECT * FROM checkpoints WHERE metadata @> {wanted}::jsonb"))
            .AsNoTracking()
            .Where(row => row.ThreadId == thread && (space == null || row.CheckpointNs == space) && (before == null || row.CheckpointId.CompareTo(before) < 0))
            .OrderByDescending(row => row.CheckpointId)
            .Take(limit)
            .ToListAsync(cancellationToken);
        return
        [
            .. rows.Select(row => new CheckpointItem
            {
                ThreadId = row.ThreadId,
                CheckpointNs = row.CheckpointNs,
                CheckpointId = row.CheckpointId,
                ParentCheckpointId = row.ParentCheckpointId,
                Checkpoint = row.Checkpoint!.Value,
                Metadata = row.Metadata!.Value,
            }),
        ];
    }

    public async Task DeleteThreadAsync(string thread, CancellationToken cancellationToken)
    {
        await using var transaction = await data.Database.BeginTransactionAsync(cancellationToken);
        await data.Checkpoints.Where(row => row.ThreadId == thread).ExecuteDeleteAsync(cancellationToken);
        await data.CheckpointBlobs.Where(row => row.ThreadId == thread).ExecuteDeleteAsync(cancellationToken);
        await data.CheckpointWrites.Where(row => row.ThreadId == thread).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // The values at the versions that the checkpoint names.
    private async Task<IReadOnlyList<CheckpointBlob>> BlobsOfAsync(CheckpointRow row, CancellationToken cancellationToken)
    {
        if (!row.Checkpoint!.Value.TryGetProperty("channel_versions", out var named) || named.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var versions = named.EnumerateObject().ToDictionary(
            channel => channel.Name, channel => channel.Value.ValueKind == JsonValueKind.String ? channel.Value.GetString()! : channel.Value.GetRawText(), StringComparer.Ordinal);
        var names = versions.Keys.ToArray();
        var blobs = await data.CheckpointBlobs.AsNoTracking()
            .Where(blob => blob.ThreadId == row.ThreadId && blob.CheckpointNs == row.CheckpointNs && names.Contains(blob.Channel))
            .ToListAsync(cancellationToken);
        return
        [
            .. blobs.Where(blob => versions[blob.Channel] == blob.Version)
                .OrderBy(blob => blob.Channel, StringComparer.Ordinal)
                .Select(blob => new CheckpointBlob(blob.Channel, blob.Version, blob.Type, blob.Blob is null ? null : Convert.ToBase64String(blob.Blob))),
        ];
    }
}

/// <summary>A channel's value to be stored; null bytes for an empty channel.</summary>
internal sealed record NewBlob(string Channel, string Version, string Type, byte[]? Bytes);

/// <summary>A write to be stored.</summary>
internal sealed record NewWrite(string TaskId, int Idx, string Channel, string? Type, byte[] Bytes, string TaskPath);
