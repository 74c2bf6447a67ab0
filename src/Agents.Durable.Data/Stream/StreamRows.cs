using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Agents.Durable.Data.Stream;

/// <summary>The SQL of the stream's readers. Plain Npgsql: these run for every viewer and every flush.</summary>
internal sealed class StreamRows(NpgsqlDataSource dataSource)
{
    public async Task<StreamHead> HeadAsync(string taskId, CancellationToken cancellationToken)
    {
        await using var statement = await PreparedStatement.OnAsync(
            dataSource, "SELECT seq, ended_seq FROM task_stream_heads WHERE task_id = $1", [SqlValue.Text(taskId)], cancellationToken);
        await using var reader = await statement.ReadAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new StreamHead(reader.GetInt64(0), reader.GetInt64(1)) : default;
    }

    public async Task<IReadOnlyDictionary<string, long>> HeadsAsync(string[] taskIds, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT task_id, seq FROM task_stream_heads WHERE task_id = ANY($1)");
        command.Parameters.Add(new() { Value = taskIds, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var heads = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            heads[reader.GetString(0)] = reader.GetInt64(1);
        }

        return heads;
    }

    /// <summary>The rows after a cursor, in order; a row that the cursor lies inside of comes whole, as a replacement.</summary>
    public async Task<IReadOnlyList<StreamFrame>> PageAsync(string taskId, long afterSeq, int limit, CancellationToken cancellationToken)
    {
        await using var statement = await PreparedStatement.OnAsync(
            dataSource,
            "SELECT seq, from_seq, at, call_id, attempt, flags, update FROM task_stream WHERE task_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            [SqlValue.Text(taskId), new() { Value = afterSeq }, new() { Value = limit }],
            cancellationToken);
        await using var reader = await statement.ReadAsync(cancellationToken);
        var page = new List<StreamFrame>();
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(new StreamFrame
            {
                Seq = reader.GetInt64(0),
                From = reader.GetInt64(1),
                At = reader.GetFieldValue<DateTimeOffset>(2),
                CallId = reader.IsDBNull(3) ? null : reader.GetString(3),
                Attempt = reader.IsDBNull(4) ? null : reader.GetInt32(4),
                Flags = (StreamFlags)reader.GetInt16(5),
                Update = Encoding.UTF8.GetBytes(reader.GetString(6)),
            });
        }

        return page;
    }
}
