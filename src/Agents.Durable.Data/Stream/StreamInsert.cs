using System.Data;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Data.Stream;

/// <summary>One flush as one statement on a connection that stays open: heads move on and rows go in with the numbers they gave.</summary>
internal sealed class StreamInsert(NpgsqlDataSource dataSource) : IAsyncDisposable
{
    // Heads are locked in the order of their ids, so two processes that write to the same tasks cannot block each other.
    private const string Sql = """
        WITH input AS (
            SELECT i.*, row_number() OVER (PARTITION BY i.task_id ORDER BY i.ord) AS position
            FROM unnest($1::text[], $2::text[], $3::int[], $4::smallint[], $5::text[]) WITH ORDINALITY
                 AS i(task_id, call_id, attempt, flags, update, ord)
        ), batches AS (
            SELECT task_id, count(*) AS items, max(position) FILTER (WHERE flags & 2 <> 0) AS ended, max(position) FILTER (WHERE flags & 4 <> 0) AS reopened
            FROM input GROUP BY task_id
        ), heads AS (
            INSERT INTO task_stream_heads AS h (task_id, seq, ended_seq)
            SELECT b.task_id, b.items, CASE WHEN b.ended > coalesce(b.reopened, 0) THEN b.ended WHEN b.reopened IS NOT NULL THEN 0 ELSE -1 END
            FROM batches b ORDER BY b.task_id COLLATE "C"
            ON CONFLICT (task_id) DO UPDATE SET
                seq = h.seq + excluded.seq,
                ended_seq = CASE excluded.ended_seq WHEN -1 THEN h.ended_seq WHEN 0 THEN 0 ELSE h.seq + excluded.ended_seq END
            RETURNING h.task_id, h.seq
        ), rows AS (
            INSERT INTO task_stream (task_id, seq, from_seq, at, call_id, attempt, flags, update)
            SELECT i.task_id, h.seq - b.items + i.position, h.seq - b.items + i.position, $6, i.call_id, i.attempt, i.flags, i.update
            FROM input i JOIN heads h ON h.task_id = i.task_id JOIN batches b ON b.task_id = i.task_id
        )
        SELECT task_id, seq FROM heads
        """;

    private NpgsqlConnection? _connection;
    private NpgsqlCommand? _command;
    private Session _session;
    private Session? _undecided;

    /// <summary>
    /// Writes the batch and returns the new head of each of its tasks. After a failure the same batch with the same time is written only if it was
    /// not written then: <paramref name="at"/> is this batch's alone in this process.
    /// </summary>
    /// <exception cref="NpgsqlException">Nothing was written, or the outcome is unknown.</exception>
    public async Task<IReadOnlyDictionary<string, long>> CommitAsync(IReadOnlyList<PendingAppend> batch, DateTimeOffset at)
    {
        try
        {
            var command = _command ??= await OpenAsync();
            if (_undecided is { } lost)
            {
                await StreamOutcome.DecideAsync(_connection!, lost.ProcessId, lost.Since);
                var written = await StreamOutcome.FindAsync(_connection!, batch, at);
                _undecided = null;
                if (written is not null)
                {
                    return written;
                }
            }

            var items = batch.SelectMany(p => p.Items).ToArray();
            command.Parameters[0].Value = batch.SelectMany(p => Enumerable.Repeat(p.TaskId, p.Items.Count)).ToArray();
            command.Parameters[1].Value = Array.ConvertAll(items, i => i.CallId);
            command.Parameters[2].Value = Array.ConvertAll(items, i => i.Attempt);
            command.Parameters[3].Value = Array.ConvertAll(items, i => (short)i.Flags);
            command.Parameters[4].Value = Array.ConvertAll(items, i => Encoding.UTF8.GetString(i.Update.Span));
            command.Parameters[5].Value = at;

            var heads = new Dictionary<string, long>(StringComparer.Ordinal);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                heads[reader.GetString(0)] = reader.GetInt64(1);
            }

            return heads;
        }
        catch
        {
            // On a connection that stands the database has refused: nothing was written. And the session that may have written counts, not one that was
            // lost while asking about it.
            _undecided ??= _command is null || _connection is { State: ConnectionState.Open } ? null : _session;
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Connects and runs the statement over nothing, so that the first batch waits neither for that nor for the plan. Whatever is in the way is met
    /// again then, by somebody who waits.
    /// </summary>
    public async Task PrepareAsync()
    {
        try
        {
            await CommitAsync([], DateTimeOffset.UnixEpoch);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Forget();
        }
    }

    /// <summary>The batch that failed is given up: the next one is another.</summary>
    public void Forget() => _undecided = null;

    public async ValueTask DisposeAsync()
    {
        var (command, connection) = (_command, _connection);
        (_command, _connection) = (null, null);
        if (command is not null)
        {
            await command.DisposeAsync();
        }

        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<NpgsqlCommand> OpenAsync()
    {
        _connection = await dataSource.OpenConnectionAsync();
        _session = new Session(_connection.ProcessID, await StreamOutcome.SinceAsync(_connection));
        var command = new NpgsqlCommand(Sql, _connection);
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.PrepareAsync();
        return command;
    }

    private readonly record struct Session(int ProcessId, DateTime? Since);
}
