using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Temporalio.Server.Store.Postgres;

/// <summary>
/// Keeps executions in PostgreSQL. After a lost connection nothing is read before this process writes again or knows that it must not:
/// only then is it decided what became of the commit that was under way.
/// </summary>
public sealed partial class PostgresExecutionStore : IExecutionStore
{
    private readonly PostgresStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly long _fence;
    private readonly NpgsqlDataSource _database;
    private readonly RunReader _reader;
    private readonly SemaphoreSlim _reopening = new(1, 1);
    private volatile WriterSession? _writer;
    private long? _epoch;
    private long _generation;
    private volatile bool _superseded;

    private PostgresExecutionStore(PostgresStoreOptions options, TimeProvider time)
    {
        if (!SchemaName().IsMatch(options.Schema))
        {
            throw new ArgumentException($"'{options.Schema}' is not a schema name: lower-case letters, digits and underscores.", nameof(options));
        }

        (_options, _time) = (options, time);
        var connection = options.Connection();
        connection.MaxAutoPrepare = 10;
        connection.AutoPrepareMinUsages = 2;
        _database = NpgsqlDataSource.Create(connection);
        _reader = new RunReader(_database);
        _fence = Fence(options.Schema);
    }

    /// <summary>Makes or updates the schema and becomes the writer.</summary>
    /// <exception cref="StoreUnavailableException">Another process writes, and did not leave in time.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached or refuses.</exception>
    public static async Task<PostgresExecutionStore> OpenAsync(
        PostgresStoreOptions options, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        var store = new PostgresExecutionStore(options, time ?? TimeProvider.System);
        try
        {
            await SchemaMigration.ApplyAsync(store._database, options.Schema, cancellationToken).ConfigureAwait(false);
            await store.WriterAsync(cancellationToken).ConfigureAwait(false);
            return store;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public long Generation => Volatile.Read(ref _generation);

    /// <inheritdoc/>
    public async Task<CommitOutcome> CommitAsync(IReadOnlyList<RunChange> group, CancellationToken cancellationToken)
    {
        if (await WriterAsync(cancellationToken).ConfigureAwait(false) is not { } writer)
        {
            return CommitOutcome.Fenced;
        }

        try
        {
            var outcome = await writer.CommitAsync(group, cancellationToken).ConfigureAwait(false);
            if (outcome == CommitOutcome.Fenced)
            {
                // Ends the session too: the successor may wait for its lock.
                _superseded = true;
                await writer.DisposeAsync().ConfigureAwait(false);
            }

            return outcome;
        }
        catch (Exception e) when (e is not InvalidOperationException { InnerException: PostgresException })
        {
            _writer = null;
            await writer.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StoredRun?> LoadRunAsync(WorkflowKey workflow, string runId, CancellationToken cancellationToken)
    {
        await RequireWriterAsync(cancellationToken).ConfigureAwait(false);
        return await _reader.LoadAsync(workflow, runId, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<HistoryBatch>> ReadHistoryAsync(
        WorkflowKey workflow, string runId, long fromEventId, long toEventId, int maxBatches, CancellationToken cancellationToken)
    {
        await RequireWriterAsync(cancellationToken).ConfigureAwait(false);
        return await _reader.ReadHistoryAsync(workflow, runId, fromEventId, toEventId, maxBatches, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<OpenRun> ScanOpenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await RequireWriterAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var run in _reader.ScanOpenAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return run;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ClosedRun>> FindClosedAsync(string ns, DateTimeOffset before, int most, CancellationToken cancellationToken)
    {
        await RequireWriterAsync(cancellationToken).ConfigureAwait(false);
        return await _reader.FindClosedAsync(ns, before, most, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredRun> ScanAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await RequireWriterAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var run in _reader.ScanAllAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return run;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_writer is { } writer)
        {
            await writer.DisposeAsync().ConfigureAwait(false);
        }

        await _database.DisposeAsync().ConfigureAwait(false);
        _reopening.Dispose();
    }

    /// <summary>The advisory lock that the writer of a schema holds as long as its session lives.</summary>
    internal static long WriterLock(string schema) => WriterSession.LockKey(Fence(schema));

    // Advisory locks are the database's: another schema is another fence.
    private static long Fence(string schema) => BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes("temporal-writer:" + schema))) & ~1L;

    private async ValueTask RequireWriterAsync(CancellationToken cancellationToken)
    {
        if (await WriterAsync(cancellationToken).ConfigureAwait(false) is null)
        {
            throw new StoreUnavailableException("Another server has taken over this database.");
        }
    }

    private async ValueTask<WriterSession?> WriterAsync(CancellationToken cancellationToken)
    {
        if (_superseded || _writer is not null)
        {
            return _superseded ? null : _writer;
        }

        await _reopening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_writer is null && !_superseded)
            {
                var session = await WriterSession.OpenAsync(_options, _fence, _epoch, _time, cancellationToken).ConfigureAwait(false);
                // What ended the last session has often ended the pooled ones too, and each would fail one load.
                _database.Clear();
                _superseded = session is null;
                _epoch = session?.Epoch ?? _epoch;
                Volatile.Write(ref _generation, _epoch ?? 0);
                _writer = session;
            }

            return _writer;
        }
        finally
        {
            _reopening.Release();
        }
    }

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$")]
    private static partial Regex SchemaName();
}
