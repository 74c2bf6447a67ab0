using Npgsql;
using NpgsqlTypes;

namespace Temporalio.Server.Store.Postgres;

/// <summary>The one statement that commits a group: prepared once, parameters by column.</summary>
internal sealed class GroupCommand : IAsyncDisposable
{
    private const int ParameterCount = 27;
    private readonly NpgsqlCommand _command;

    private GroupCommand(NpgsqlConnection connection) => _command = new NpgsqlCommand(
        $"SELECT commit_group({string.Join(", ", Enumerable.Range(1, ParameterCount).Select(i => $"${i}"))})", connection);

    public static async Task<GroupCommand> PrepareAsync(NpgsqlConnection connection, long fence, long epoch, CancellationToken cancellationToken)
    {
        var command = new GroupCommand(connection);
        command.Fill(fence, epoch, []);
        await command._command.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return command;
    }

    public async Task ExecuteAsync(long fence, long epoch, IReadOnlyList<RunChange> group, CancellationToken cancellationToken)
    {
        Fill(fence, epoch, group);
        await _command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private void Fill(long fence, long epoch, IReadOnlyList<RunChange> group)
    {
        var created = group.Where(c => c.State is not null && c.ExpectedVersion == 0).ToArray();
        var changed = group.Where(c => c.State is not null && c.ExpectedVersion != 0).ToArray();
        var gone = group.Where(c => c.State is null).ToArray();
        // Of several that a group makes current, the last is.
        var current = group.Where(c => c.Current && c.State is not null).GroupBy(c => c.Workflow).Select(g => g.Last()).ToArray();
        var written = group.Where(c => c.State is not null && c.Batches.Count > 0).ToArray();
        var rows = Array.ConvertAll(written, c => HistoryRow.Pack(c.Batches));

        var next = 0;
        void Set<T>(NpgsqlDbType type, T value)
        {
            if (_command.Parameters.Count < ParameterCount)
            {
                _command.Parameters.Add(new NpgsqlParameter<T> { NpgsqlDbType = type });
            }

            ((NpgsqlParameter<T>)_command.Parameters[next++]).TypedValue = value;
        }

        void Column<TItem, T>(NpgsqlDbType type, TItem[] items, Func<TItem, T> value) => Set(NpgsqlDbType.Array | type, Array.ConvertAll(items, i => value(i)));

        Set(NpgsqlDbType.Bigint, fence);
        Set(NpgsqlDbType.Bigint, epoch);

        Column(NpgsqlDbType.Uuid, created, Run);
        Column(NpgsqlDbType.Uuid, created, c => RowKeys.Workflow(c.Workflow));
        Column(NpgsqlDbType.Boolean, created, c => c.Open);
        Column(NpgsqlDbType.TimestampTz, created, Wake);
        Column(NpgsqlDbType.Boolean, created, c => c.Pending);
        Column(NpgsqlDbType.Text, created, c => c.Workflow.Namespace);
        Column(NpgsqlDbType.Text, created, c => c.Workflow.WorkflowId);
        Column(NpgsqlDbType.Text, created, c => c.RunId);
        Column(NpgsqlDbType.Bytea, created, c => c.State!.Value);

        Column(NpgsqlDbType.Uuid, changed, Run);
        Column(NpgsqlDbType.Bigint, changed, c => c.ExpectedVersion);
        Column(NpgsqlDbType.Boolean, changed, c => c.Open);
        Column(NpgsqlDbType.TimestampTz, changed, Wake);
        Column(NpgsqlDbType.Boolean, changed, c => c.Pending);
        Column(NpgsqlDbType.Bytea, changed, c => c.State!.Value);

        Column(NpgsqlDbType.Uuid, gone, Run);
        Column(NpgsqlDbType.Uuid, gone, c => RowKeys.Workflow(c.Workflow));
        Column(NpgsqlDbType.Bigint, gone, c => c.ExpectedVersion);

        Column(NpgsqlDbType.Uuid, current, c => RowKeys.Workflow(c.Workflow));
        Column(NpgsqlDbType.Uuid, current, Run);

        Column(NpgsqlDbType.Uuid, written, Run);
        Column(NpgsqlDbType.Bigint, rows, r => r.FirstEventId);
        Column(NpgsqlDbType.Bigint, rows, r => r.NextEventId);
        Column(NpgsqlDbType.Bytea, rows, r => r.Layout);
        Column(NpgsqlDbType.Bytea, rows, r => r.Data);
    }

    private static Guid Run(RunChange change) => RowKeys.Run(change.Workflow, change.RunId);

    private static DateTime? Wake(RunChange change) => change.WakeAt?.UtcDateTime;
}
