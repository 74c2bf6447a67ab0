using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;

namespace Agents.Durable.Data.Transcripts;

/// <summary>
/// What the models of a task have seen and said. A body is stored once under its hash, whatever number of tasks hold it; a task's transcript is a list of
/// references. An occupied position is never written again: the first message stays.
/// </summary>
public sealed class TranscriptStore(NpgsqlDataSource database)
{
    private readonly TranscriptCache _cache = new();

    /// <summary>The first <paramref name="head"/> messages, in order.</summary>
    /// <exception cref="InvalidOperationException">A position below the head is empty.</exception>
    public async Task<IReadOnlyList<TranscriptEntry>> ReadAsync(string taskId, int head, CancellationToken cancellationToken)
    {
        var known = _cache.Find(taskId);
        var begun = Math.Min(known?.Entries.Count ?? 0, head);
        await using var statement = await PreparedStatement.OnAsync(
            database,
            """
            select t.position, t.xmin::text, c.body from transcript t left join transcript_contents c on c.hash = t.hash and t.position >= $3
            where t.task_id = $1 and (t.position = 0 or t.position >= $3) and t.position < $2 order by t.position
            """,
            [SqlValue.Text(taskId), new() { Value = head }, new() { Value = begun }],
            cancellationToken);
        await using (var reader = await statement.ReadAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken) || reader.GetInt32(0) != 0)
            {
                return head == 0 ? [] : throw new InvalidOperationException($"The transcript of task {taskId} has no message at 0.");
            }

            var mark = reader.GetString(1);
            if (known is not null && known.Mark == mark)
            {
                return await ReadOnAsync(reader, known, begun, head, begun > 0, cancellationToken);
            }

            if (begun == 0)
            {
                return await ReadOnAsync(reader, TranscriptCache.Beginning.Of(taskId, mark), 0, head, false, cancellationToken);
            }

            // The task was cleaned since, and began anew.
            _cache.Forget(known!);
        }

        return await ReadAsync(taskId, head, cancellationToken);
    }

    private async Task<IReadOnlyList<TranscriptEntry>> ReadOnAsync(
        NpgsqlDataReader reader, TranscriptCache.Beginning known, int begun, int head, bool skip, CancellationToken cancellationToken)
    {
        var next = begun;
        for (var more = !skip || await reader.ReadAsync(cancellationToken); more; more = await reader.ReadAsync(cancellationToken))
        {
            var position = reader.GetInt32(0);
            if (position != next)
            {
                throw new InvalidOperationException($"The transcript of task {known.TaskId} has no message at {next}.");
            }

            known = known.With(new TranscriptEntry(position, Decode(reader.GetFieldValue<byte[]>(2))));
            next++;
        }

        if (next != head)
        {
            throw new InvalidOperationException($"The transcript of task {known.TaskId} ends at {next}, before {head}.");
        }

        _cache.Keep(known);
        return known.Entries[..head];
    }

    /// <summary>The message at a position; null when there is none.</summary>
    public async Task<TranscriptMessage?> FindAsync(string taskId, int position, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select c.body from transcript t join transcript_contents c on c.hash = t.hash where t.task_id = $1 and t.position = $2");
        command.Parameters.Add(new() { Value = taskId });
        command.Parameters.Add(new() { Value = position });
        return await command.ExecuteScalarAsync(cancellationToken) is byte[] body ? Decode(body) : null;
    }

    /// <summary>The last messages; there may be gaps, where a run ended with calls unanswered.</summary>
    internal static NpgsqlBatchCommand TailCommand(string taskId, int count) => new(
        "select t.position, c.body from transcript t join transcript_contents c on c.hash = t.hash where t.task_id = $1 order by t.position desc limit $2")
    {
        Parameters = { new() { Value = taskId }, new() { Value = count } },
    };

    /// <returns>In order of position.</returns>
    internal static async Task<IReadOnlyList<TranscriptEntry>> TailAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var entries = new List<TranscriptEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(new TranscriptEntry(reader.GetInt32(0), Decode(reader.GetFieldValue<byte[]>(1))));
        }

        entries.Reverse();
        return entries;
    }

    /// <summary>Stores messages inside the caller's transaction.</summary>
    /// <returns>How many positions were free; a message whose position is occupied is dropped.</returns>
    public static async Task<int> AppendAsync(
        NpgsqlConnection connection, string taskId, IReadOnlyList<TranscriptEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
        {
            return 0;
        }

        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { AppendCommand(taskId, entries) } };
        await batch.PrepareAsync(cancellationToken);
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc cref="AppendAsync"/>
    public static NpgsqlBatchCommand AppendCommand(string taskId, IReadOnlyList<TranscriptEntry> entries)
    {
        var bodies = entries.Select(entry => Encode(entry.Message)).ToArray();
        var hashes = bodies.Select(SHA256.HashData).ToArray();
        return new NpgsqlBatchCommand(
            """
            with given as (
                select * from unnest($2::int[], $3::bytea[], $4::bytea[]) as g(position, hash, body)
            ), contents as (
                insert into transcript_contents (hash, body) select distinct on (hash) hash, body from given order by hash on conflict do nothing
            )
            insert into transcript (task_id, position, hash) select $1, position, hash from given on conflict do nothing
            """)
        {
            Parameters =
            {
                new() { Value = taskId },
                new() { Value = entries.Select(entry => entry.Position).ToArray() },
                new() { Value = hashes },
                new() { Value = bodies },
            },
        };
    }

    private static byte[] Encode(TranscriptMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, TranscriptJson.Default.TranscriptMessage);

    private static TranscriptMessage Decode(byte[] body) => JsonSerializer.Deserialize(body, TranscriptJson.Default.TranscriptMessage)!;
}
