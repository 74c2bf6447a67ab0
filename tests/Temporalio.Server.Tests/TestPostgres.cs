using Agents.Durable.Postgres;
using Npgsql;
using Temporalio.Server.Store.Postgres;

[assembly: AssemblyFixture(typeof(Temporalio.Server.Tests.TestPostgres))]

namespace Temporalio.Server.Tests;

/// <summary>
/// One PostgreSQL for the whole run, beside the test program: what a killed run leaves is adopted by the next. Every store has a schema
/// of its own.
/// </summary>
public sealed class TestPostgres : IAsyncLifetime
{
    /// <summary>How long any test waits for anything.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Lazy<Task<EmbeddedPostgres>> _server = new(() =>
        EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Folder = Path.Combine(AppContext.BaseDirectory, "postgres") }));

    private readonly string _run = "t" + Guid.NewGuid().ToString("N")[..12];
    private int _schemas;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async Task<PostgresStoreOptions> NewStoreAsync() => new()
    {
        ConnectionString = (await _server.Value).ConnectionString,
        Schema = $"{_run}_{Interlocked.Increment(ref _schemas)}",
        WaitForWriter = Limit,
    };

    public async ValueTask DisposeAsync()
    {
        if (!_server.IsValueCreated)
        {
            return;
        }

        var server = await _server.Value;
        await using (var connection = new NpgsqlConnection(server.ConnectionString))
        {
            await connection.OpenAsync();
            for (var i = 1; i <= _schemas; i++)
            {
                await using var drop = new NpgsqlCommand($"DROP SCHEMA IF EXISTS {_run}_{i} CASCADE", connection);
                await drop.ExecuteNonQueryAsync();
            }
        }

        if (!server.Adopted)
        {
            await server.StopAsync();
        }
    }
}
