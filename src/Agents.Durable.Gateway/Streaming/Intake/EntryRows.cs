using System.Text;
using Agents.Durable.Data;
using Agents.Durable.Data.Stream;
using Npgsql;

namespace Agents.Durable.Gateway.Streaming.Intake;

/// <summary>
/// Which entries of a stream are meant: those numbered <paramref name="First"/> to <paramref name="Last"/>.
/// </summary>
/// <param name="IsAfter">
/// The client has seen what comes before: folded deltas of which it saw a part are left out, as event streams leave them out, since the text comes complete with the
/// message's end.
/// </param>
internal readonly record struct EntryRange(long First, long Last, bool IsAfter)
{
    public static EntryRange After(long seq) => new(seq + 1, long.MaxValue, IsAfter: true);
}

/// <summary>An entry: a frame of the projection that event streams carry too.</summary>
internal sealed record Entry(StreamPosition Position, byte[] Update);

/// <summary>The SQL of those who read streams with Redis commands.</summary>
internal sealed class EntryRows(NpgsqlDataSource database)
{
    /// <summary>Most entries of one answer: what agents ask a stream of Redis to keep at most.</summary>
    public const int MaxEntries = 10_000;

    // One answer is held in memory until the client has taken it.
    private const int MaxBytes = 16 * 1024 * 1024;

    private const string RangeSql = """
        SELECT seq, at, update FROM task_stream
        WHERE task_id = $1 AND seq BETWEEN $2 AND $3 AND from_seq >= $4 AND flags & 1 = 0 ORDER BY seq
        """;

    private const string PlaceSql = """
        SELECT EXISTS (
            SELECT FROM (SELECT * FROM task_stream WHERE task_id = $1 AND seq >= $2 ORDER BY seq LIMIT 1) s, floor(extract(epoch FROM s.at) * 1000) ms
            WHERE s.from_seq <= $2 AND CASE WHEN s.seq = $2 THEN ms = $3 ELSE ms >= $3 END),
        coalesce(
            (SELECT min(seq) - 1 FROM task_stream, floor(extract(epoch FROM at) * 1000) ms WHERE task_id = $1 AND (ms > $3 OR (ms = $3 AND seq > $2))),
            (SELECT seq FROM task_stream_heads WHERE task_id = $1), 0)
        """;

    /// <summary>The entries of a range, in order or backwards; fewer than there are when they are too large for one answer.</summary>
    public async Task<IReadOnlyList<Entry>> ReadAsync(string taskId, EntryRange range, long count, bool backwards, CancellationToken cancellationToken)
    {
        await using var statement = await PreparedStatement.OnAsync(
            database, $"{RangeSql}{(backwards ? " DESC" : "")} LIMIT $5",
            [
                SqlValue.Text(taskId), new() { Value = range.First }, new() { Value = range.Last }, new() { Value = range.IsAfter ? range.First : 0L },
                new() { Value = Math.Min(count, MaxEntries) },
            ],
            cancellationToken);
        await using var reader = await statement.ReadAsync(cancellationToken);
        var entries = new List<Entry>();
        for (var size = 0; size < MaxBytes && await reader.ReadAsync(cancellationToken);)
        {
            var entry = new Entry(new(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1)), Encoding.UTF8.GetBytes(reader.GetString(2)));
            entries.Add(entry);
            size += entry.Update.Length;
        }

        return entries;
    }

    /// <summary>
    /// How far the stream goes up to an id, and whether that id is one of its entries (or was, before it was folded). An id that is none is a point in time: clients
    /// make such ids themselves.
    /// </summary>
    public async Task<(long Seq, bool IsEntry)> PlaceAsync(string taskId, EntryId id, CancellationToken cancellationToken)
    {
        if (id.Milliseconds == 0)
        {
            return (0, false);
        }

        await using var statement = await PreparedStatement.OnAsync(
            database, PlaceSql, [SqlValue.Text(taskId), new() { Value = id.Seq }, new() { Value = id.Milliseconds }], cancellationToken);
        await using var reader = await statement.ReadAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetBoolean(0) ? (id.Seq, true) : (reader.GetInt64(1), false);
    }

    public async Task<long> CountAsync(string taskId, CancellationToken cancellationToken) =>
        (long)(await ScalarAsync("SELECT count(*) FROM task_stream WHERE task_id = $1 AND flags & 1 = 0", taskId, cancellationToken))!;

    public async Task<bool> AnyAsync(string taskId, CancellationToken cancellationToken) =>
        await ScalarAsync("SELECT 1 FROM task_stream WHERE task_id = $1 AND flags & 1 = 0 LIMIT 1", taskId, cancellationToken) is not null;

    private async Task<object?> ScalarAsync(string sql, string taskId, CancellationToken cancellationToken)
    {
        await using var statement = await PreparedStatement.OnAsync(database, sql, [SqlValue.Text(taskId)], cancellationToken);
        return await statement.ScalarAsync(cancellationToken);
    }
}
