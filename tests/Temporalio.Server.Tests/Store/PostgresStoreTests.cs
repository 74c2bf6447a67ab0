using Npgsql;
using Temporalio.Server.Store;
using Temporalio.Server.Store.Postgres;

namespace Temporalio.Server.Tests.Store;

public sealed class PostgresStoreTests(TestPostgres postgres) : StoreConformance
{
    private PostgresStoreOptions? _options;

    [Fact]
    public async Task OpenAsync_Again_FindsWhatWasCommitted()
    {
        await CommitAsync(Change("a", 0, "kept") with { Current = true, Batches = [Batch(1, 2), Batch(2, 3)] });
        await Store.DisposeAsync();
        await using var next = await PostgresExecutionStore.OpenAsync(_options!, cancellationToken: Token);
        Assert.Equal("kept", Text((await next.LoadRunAsync(new("default", "order-1"), "", Token))!.State));
        Assert.Equal(2, (await next.ReadHistoryAsync(new("default", "order-1"), "a", 1, 9, 9, Token)).Count);
    }

    [Fact]
    public async Task OpenAsync_WhileAnotherWrites_WaitsAndSaysWho()
    {
        var e = await Assert.ThrowsAsync<StoreUnavailableException>(() => PostgresExecutionStore.OpenAsync(
            _options! with { WaitForWriter = TimeSpan.Zero }, cancellationToken: Token));
        Assert.Contains(_options!.Holder, e.Message, StringComparison.Ordinal);
        var waiting = PostgresExecutionStore.OpenAsync(_options, cancellationToken: Token);
        Assert.False(waiting.IsCompleted);
        await Store.DisposeAsync();
        await using var next = await waiting;
        Assert.Equal(CommitOutcome.Committed, await next.CommitAsync([Change("a", 0, "1")], Token));
    }

    [Fact]
    public async Task CommitAsync_OnceSuperseded_IsFencedForEver()
    {
        await CommitAsync(Change("a", 0, "1"));
        await using (var next = await PostgresExecutionStore.OpenAsync(_options! with { TakeOver = true }, cancellationToken: Token))
        {
            Assert.Equal(CommitOutcome.Committed, await next.CommitAsync([Change("a", 1, "2")], Token));
            Assert.Equal(CommitOutcome.Fenced, await Store.CommitAsync([Change("b", 0, "1")], Token));
        }

        Assert.Equal(CommitOutcome.Fenced, await Store.CommitAsync([Change("b", 0, "1")], Token));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Store.LoadRunAsync(new("default", "order-1"), "a", Token).AsTask());
        await using var last = await PostgresExecutionStore.OpenAsync(_options!, cancellationToken: Token);
        Assert.Null(await last.LoadRunAsync(new("default", "order-1"), "b", Token));
        Assert.Equal(2, (await last.LoadRunAsync(new("default", "order-1"), "a", Token))!.Version);
    }

    [Fact]
    public async Task CommitAsync_WhenTheSessionIsEnded_FailsOnceAndGoesOn()
    {
        await CommitAsync(Change("a", 0, "1"));
        await EndWriterSessionAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Store.CommitAsync([Change("a", 1, "2")], Token));
        var run = await Store.LoadRunAsync(new("default", "order-1"), "a", Token);
        await CommitAsync(Change("a", run!.Version, "3"));
        Assert.Equal("3", Text((await Store.LoadRunAsync(new("default", "order-1"), "a", Token))!.State));
    }

    [Fact]
    public async Task CommitAsync_WhenASuccessorWroteWhileTheSessionWasGone_IsFenced()
    {
        await CommitAsync(Change("a", 0, "1"));
        await EndWriterSessionAsync();
        await using (var next = await PostgresExecutionStore.OpenAsync(_options!, cancellationToken: Token))
        {
            await next.CommitAsync([Change("a", 1, "2")], Token);
        }

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Store.CommitAsync([Change("a", 1, "mine")], Token));
        Assert.Equal(CommitOutcome.Fenced, await Store.CommitAsync([Change("a", 2, "mine")], Token));
    }

    [Fact]
    public async Task CommitAsync_WhoseAnswerIsLost_IsFoundDoneByTheNextRead()
    {
        var connection = new NpgsqlConnectionStringBuilder((await postgres.NewStoreAsync()).ConnectionString);
        await using var proxy = new CuttingProxy(connection.Host!);
        connection.Host = proxy.Folder;
        var options = (await postgres.NewStoreAsync()) with { ConnectionString = connection.ConnectionString };
        await using var store = await PostgresExecutionStore.OpenAsync(options, cancellationToken: Token);
        await store.CommitAsync([Change("a", 0, "1")], Token);
        for (var version = 1; version <= 5; version++)
        {
            proxy.LoseTheNextAnswer();
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => store.CommitAsync([Change("a", version, "lost") with { Batches = [Batch(version, version + 1)] }], Token));
            Assert.Equal(version + 1, (await store.LoadRunAsync(new("default", "order-1"), "a", Token))!.Version);
        }

        Assert.Equal(5, (await store.ReadHistoryAsync(new("default", "order-1"), "a", 1, 100, 100, Token)).Count);
    }

    [Fact]
    public async Task CommitAsync_ManyTimes_PlansByKey()
    {
        await CommitAsync([.. Enumerable.Range(0, 500).Select(i => Change("r" + i, 0, "1") with { Workflow = new("default", "w" + i) })]);
        for (var version = 1; version <= 20; version++)
        {
            await CommitAsync(Change("r7", version, "2") with { Workflow = new("default", "w7"), Batches = [Batch(version, version + 1)] });
        }

        // A session's statistics are seen once it has ended, which its lock shows.
        await Store.DisposeAsync();
        await using (await PostgresExecutionStore.OpenAsync(_options!, cancellationToken: Token))
        {
            // Making its key has read each of the four tables once, and the second script has read the closed runs twice.
            Assert.InRange(await ScansAsync(), 0, 6);
        }
    }

    [Theory]
    [InlineData("postgres://u:p%40ss@db.example:6543/durable?sslmode=verify-full", "db.example", 6543, "u", "p@ss", "durable")]
    [InlineData("postgresql:///durable?host=/run/sockets&user=me", "/run/sockets", 5432, "me", null, "durable")]
    [InlineData("Host=db;Username=u;Database=d", "db", 5432, "u", null, "d")]
    public void Connection_FromAUrl_IsThatServer(string text, string host, int port, string user, string? password, string database)
    {
        var builder = new PostgresStoreOptions { ConnectionString = text }.Connection();
        Assert.Equal((host, port, user, password, database), (builder.Host, builder.Port, builder.Username, builder.Password, builder.Database));
    }

    protected override async Task<IExecutionStore> OpenAsync() =>
        await PostgresExecutionStore.OpenAsync(_options = await postgres.NewStoreAsync(), cancellationToken: Token);

    private async Task<long> ScansAsync()
    {
        await using var connection = new NpgsqlConnection(_options!.ConnectionString);
        await connection.OpenAsync(Token);
        await using var scans = new NpgsqlCommand(
            "SELECT sum(seq_scan)::bigint FROM pg_stat_user_tables WHERE schemaname = $1 AND relname IN ('open_runs', 'closed_runs', 'current_runs', 'history')",
            connection) { Parameters = { new() { Value = _options.Schema } } };
        return (long)(await scans.ExecuteScalarAsync(Token))!;
    }

    private async Task EndWriterSessionAsync()
    {
        await using var connection = new NpgsqlConnection(_options!.ConnectionString);
        await connection.OpenAsync(Token);
        // The session that holds this schema's writer lock is the only one with an advisory lock that began its epoch.
        await using var end = new NpgsqlCommand(
            $"SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32) + objid::bigint = {PostgresExecutionStore.WriterLock(_options.Schema)}",
            connection);
        Assert.Equal(true, await end.ExecuteScalarAsync(Token));
    }
}
