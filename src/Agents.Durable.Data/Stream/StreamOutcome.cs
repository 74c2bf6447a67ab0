using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Data.Stream;

/// <summary>What became of a flush whose connection broke: asked of the rows, once the session that may still write them is gone.</summary>
internal static class StreamOutcome
{
    /// <summary>When the session of this connection began; null where that is not shown, behind a pooler for instance.</summary>
    public static async Task<DateTime?> SinceAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT backend_start FROM pg_stat_activity WHERE pid = $1", connection);
        command.Parameters.Add(new() { Value = connection.ProcessID });
        return await command.ExecuteScalarAsync() as DateTime?;
    }

    /// <summary>Ends a lost session where it still runs, and returns when it does not: what it wrote is there then, or never will be.</summary>
    public static async Task DecideAsync(NpgsqlConnection connection, int processId, DateTime? since)
    {
        // Process numbers come again; a session's number and its beginning together do not.
        await using var command = new NpgsqlCommand(
            "SELECT pg_terminate_backend(pid), pg_sleep(0.02) FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2", connection);
        command.Parameters.Add(new() { Value = processId });
        command.Parameters.Add(new() { Value = (object?)since ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        while (await command.ExecuteScalarAsync() is not null)
        {
            // It is ending.
        }
    }

    /// <summary>The number of each task's last item if the batch was written, else null: a batch is written as a whole or not at all.</summary>
    public static async Task<IReadOnlyDictionary<string, long>?> FindAsync(NpgsqlConnection connection, IReadOnlyList<PendingAppend> batch, DateTimeOffset at)
    {
        var heads = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var group in batch.GroupBy(p => p.TaskId, StringComparer.Ordinal))
        {
            // Another process may have written to the task in the same microsecond: the texts tell whose rows they are.
            var items = group.SelectMany(p => p.Items).Select(i => Encoding.UTF8.GetString(i.Update.Span)).ToArray();
            await using var command = new NpgsqlCommand("SELECT seq, update FROM task_stream WHERE task_id = $1 AND at = $2 ORDER BY seq", connection);
            command.Parameters.Add(new() { Value = group.Key });
            command.Parameters.Add(new() { Value = at, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            var rows = new List<(long Seq, string Update)>();
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                rows.Add((reader.GetInt64(0), reader.GetString(1)));
            }

            var begin = Enumerable.Range(0, Math.Max(0, rows.Count - items.Length + 1)).Select(i => (int?)i)
                .FirstOrDefault(i => rows.Skip(i!.Value).Take(items.Length).Select(r => r.Update).SequenceEqual(items, StringComparer.Ordinal));
            if (begin is null)
            {
                return null;
            }

            heads[group.Key] = rows[begin.Value + items.Length - 1].Seq;
        }

        return heads;
    }
}
