using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Temporalio.Server.Store.Postgres;

/// <summary>Reads runs and histories, on connections of their own beside the writer's.</summary>
internal sealed class RunReader(NpgsqlDataSource database)
{
    private const string Columns = "r.run_id, r.version, r.state, EXISTS (SELECT FROM current_runs c WHERE c.workflow_key = r.workflow_key AND c.run_key = r.run_key)";

    private const string ByRun = $"""
        SELECT {Columns}, true FROM open_runs r WHERE r.run_key = $1
        UNION ALL SELECT {Columns}, false FROM closed_runs r WHERE r.run_key = $1
        """;

    private const string Current = $"""
        SELECT {Columns}, true FROM current_runs p JOIN open_runs r ON r.run_key = p.run_key WHERE p.workflow_key = $1
        UNION ALL SELECT {Columns}, false FROM current_runs p JOIN closed_runs r ON r.run_key = p.run_key WHERE p.workflow_key = $1
        """;

    // A row's batches end at next_event_id; the row that holds the first one wanted is the last that begins at or before it.
    private const string History = """
        SELECT first_event_id, next_event_id, layout, data FROM history
        WHERE run_key = $1 AND first_event_id < $3 AND next_event_id > $2
          AND first_event_id >= coalesce((SELECT max(first_event_id) FROM history WHERE run_key = $1 AND first_event_id <= $2), 0)
        ORDER BY first_event_id LIMIT $4
        """;

    private const string Open = "SELECT namespace, workflow_id, run_id, wake_at, pending FROM open_runs";

    private const string Closed = "SELECT workflow_id, run_id FROM closed_runs WHERE namespace = $1 AND wake_at < $2 ORDER BY wake_at LIMIT $3";

    private const string All = $"""
        SELECT {Columns}, true, r.namespace, r.workflow_id FROM open_runs r
        UNION ALL SELECT {Columns}, false, r.namespace, r.workflow_id FROM closed_runs r
        """;

    public async ValueTask<StoredRun?> LoadAsync(WorkflowKey workflow, string runId, CancellationToken cancellationToken)
    {
        var current = runId.Length == 0;
        await using var command = database.CreateCommand(current ? Current : ByRun);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = current ? RowKeys.Workflow(workflow) : RowKeys.Run(workflow, runId) });
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new StoredRun(workflow, reader.GetString(0), reader.GetInt64(1), reader.GetBoolean(4), reader.GetBoolean(3), reader.GetFieldValue<byte[]>(2))
            : null;
    }

    public async ValueTask<IReadOnlyList<HistoryBatch>> ReadHistoryAsync(
        WorkflowKey workflow, string runId, long fromEventId, long toEventId, int maxBatches, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(History);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = RowKeys.Run(workflow, runId) });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = fromEventId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = toEventId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = maxBatches });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var page = new List<HistoryBatch>();
        while (page.Count < maxBatches && await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var layout = await reader.IsDBNullAsync(2, cancellationToken).ConfigureAwait(false) ? null : reader.GetFieldValue<byte[]>(2);
            var row = new HistoryRow(reader.GetInt64(0), reader.GetInt64(1), layout, reader.GetFieldValue<byte[]>(3));
            page.AddRange(row.Unpack().Where(b => b.NextEventId > fromEventId && b.FirstEventId < toEventId).Take(maxBatches - page.Count));
        }

        return page;
    }

    public async IAsyncEnumerable<OpenRun> ScanOpenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Open);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var workflow = new WorkflowKey(reader.GetString(0), reader.GetString(1));
            var runId = reader.GetString(2);
            DateTimeOffset? wake = await reader.IsDBNullAsync(3, cancellationToken).ConfigureAwait(false) ? null : new DateTimeOffset(reader.GetDateTime(3));
            yield return new OpenRun(workflow, runId, wake, reader.GetBoolean(4));
        }
    }

    public async ValueTask<IReadOnlyList<ClosedRun>> FindClosedAsync(string ns, DateTimeOffset before, int most, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Closed);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ns });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = before.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        List<ClosedRun> closed = [];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            closed.Add(new ClosedRun(new WorkflowKey(ns, reader.GetString(0)), reader.GetString(1)));
        }

        return closed;
    }

    public async IAsyncEnumerable<StoredRun> ScanAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(All);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var workflow = new WorkflowKey(reader.GetString(5), reader.GetString(6));
            yield return new StoredRun(workflow, reader.GetString(0), reader.GetInt64(1), reader.GetBoolean(4), reader.GetBoolean(3), reader.GetFieldValue<byte[]>(2));
        }
    }
}
