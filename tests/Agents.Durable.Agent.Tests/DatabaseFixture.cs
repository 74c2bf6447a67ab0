using Agents.Durable.Data;
using Agents.Durable.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(Agents.Durable.Agent.Tests.DatabaseFixture))]

namespace Agents.Durable.Agent.Tests;

/// <summary>A database with the schema, for all tests of the assembly; each test makes agents and tasks of its own.</summary>
public sealed class DatabaseFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("durable-agent-").FullName;
    private EmbeddedPostgres? _server;

    /// <summary>How long any test waits for anything.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    public string ConnectionString => _server!.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        _server = await EmbeddedPostgres.StartAsync(new() { Folder = _folder, Durable = false });
        await using var database = Npgsql.NpgsqlDataSource.Create(ConnectionString);
        await new Migrator(database, NullLogger<Migrator>.Instance).ApplyAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.StopAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
