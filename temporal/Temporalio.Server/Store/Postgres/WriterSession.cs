using Npgsql;

namespace Temporalio.Server.Store.Postgres;

/// <summary>
/// The one connection that commits. It holds a session lock, so a writer that lost its connection is followed only once the server has
/// ended what it left running; and it stamps every commit with its epoch, so a writer that was superseded cannot commit behind a pooler.
/// </summary>
internal sealed class WriterSession : IAsyncDisposable
{
    private const string SupersededState = "TS001";
    private const string ConflictState = "TS002";
    private static readonly TimeSpan s_lockPollInterval = TimeSpan.FromMilliseconds(50);

    private readonly NpgsqlConnection _connection;
    private readonly long _fence;
    private GroupCommand? _command;

    private WriterSession(NpgsqlConnection connection, long fence) => (_connection, _fence) = (connection, fence);

    public long Epoch { get; private set; }

    /// <summary>The fence's lock is another: commits share that one for their duration, this one is held for the session.</summary>
    public static long LockKey(long fence) => fence + 1;

    /// <summary>Opens a session that may write.</summary>
    /// <param name="previousEpoch">The epoch that this process had when it lost its session; a later one of another process supersedes it.</param>
    /// <returns><see langword="null"/> if another process has written since <paramref name="previousEpoch"/>.</returns>
    /// <exception cref="StoreUnavailableException">Another process holds the database.</exception>
    public static async Task<WriterSession?> OpenAsync(
        PostgresStoreOptions options, long fence, long? previousEpoch, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(ConnectionString(options));
        var session = new WriterSession(connection, fence);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            if (!options.TakeOver || previousEpoch is not null)
            {
                await session.LockAsync(options.WaitForWriter, time, cancellationToken).ConfigureAwait(false);
            }

            if (!await session.TakeEpochAsync(options.Holder, previousEpoch, cancellationToken).ConfigureAwait(false))
            {
                await session.DisposeAsync().ConfigureAwait(false);
                return null;
            }

            session._command = await GroupCommand.PrepareAsync(connection, fence, session.Epoch, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<CommitOutcome> CommitAsync(IReadOnlyList<RunChange> group, CancellationToken cancellationToken)
    {
        try
        {
            await _command!.ExecuteAsync(_fence, Epoch, group, cancellationToken).ConfigureAwait(false);
            return CommitOutcome.Committed;
        }
        catch (PostgresException e) when (e.SqlState == SupersededState)
        {
            return CommitOutcome.Fenced;
        }
        catch (PostgresException e) when (e.SqlState is ConflictState or PostgresErrorCodes.UniqueViolation)
        {
            throw new InvalidOperationException("A run of the group is not in the version that its change replaces; nothing of the group was kept.", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_command is not null)
        {
            await _command.DisposeAsync().ConfigureAwait(false);
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private static string ConnectionString(PostgresStoreOptions options)
    {
        var builder = options.Connection();
        builder.Pooling = false;
        // The statements of commit_group are always best run by key. A plan made while the tables were empty must not be a scan.
        builder.Options = string.Join(' ', new[]
        {
            builder.Options, "-c plan_cache_mode=force_generic_plan", "-c enable_seqscan=off", "-c enable_hashjoin=off", "-c enable_mergejoin=off",
            // A writer whose machine vanished is noticed in seconds, not hours.
            "-c tcp_keepalives_idle=2", "-c tcp_keepalives_interval=1", "-c tcp_keepalives_count=3",
        }.Where(o => !string.IsNullOrEmpty(o)));
        return builder.ConnectionString;
    }

    private async Task LockAsync(TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", _connection) { Parameters = { new() { Value = LockKey(_fence) } } };
        while (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
        {
            if (time.GetElapsedTime(begun) > wait)
            {
                await using var holder = new NpgsqlCommand("SELECT holder || ' since ' || taken_at FROM writer", _connection);
                throw new StoreUnavailableException(
                    $"The database is in use by another server ({await holder.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false)}). Stop it, or give this one a database of its own.");
            }

            await Task.Delay(s_lockPollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> TakeEpochAsync(string holder, long? previousEpoch, CancellationToken cancellationToken)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        // Waits for a commit that a predecessor still has under way: after this its outcome is decided.
        await using (var fence = new NpgsqlCommand("SELECT pg_advisory_xact_lock($1)", _connection) { Parameters = { new() { Value = _fence } } })
        {
            await fence.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await using var take = new NpgsqlCommand(
            "UPDATE writer SET epoch = epoch + 1, holder = $1, taken_at = now() WHERE $2::bigint IS NULL OR epoch = $2 RETURNING epoch", _connection)
        {
            Parameters = { new() { Value = holder }, new NpgsqlParameter<long?> { TypedValue = previousEpoch, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint } },
        };
        if (await take.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not long epoch)
        {
            return false;
        }

        Epoch = epoch;
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }
}
