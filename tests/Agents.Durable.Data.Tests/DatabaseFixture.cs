using Agents.Durable.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

[assembly: AssemblyFixture(typeof(Agents.Durable.Data.Tests.DatabaseFixture))]

namespace Agents.Durable.Data.Tests;

/// <summary>A database with the schema, for all tests of the assembly; tests use task ids of their own.</summary>
public sealed class DatabaseFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("durable-data-").FullName;
    private EmbeddedPostgres? _server;

    /// <summary>How long any test waits for anything.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public NpgsqlDataSource DataSource { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedPostgres.StartAsync(new() { Folder = _folder, Durable = false });
        DataSource = NpgsqlDataSource.Create(_server.ConnectionString);
        await new Migrator(DataSource, NullLogger<Migrator>.Instance).ApplyAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await _server!.StopAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
