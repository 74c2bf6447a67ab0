using Agents.Durable.Postgres;
using Temporalio.Rpc;
using Temporalio.Rpc.InProcess;
using Temporalio.Server;
using Temporalio.Server.Store;
using Temporalio.Server.Store.InMemory;
using Temporalio.Server.Store.Postgres;

namespace Agents.Durable.Benchmarks.Steps;

/// <summary>A server in this process, on a schema of its own in a PostgreSQL beside this program that is durable as in production.</summary>
internal sealed class BenchmarkServer : IAsyncDisposable
{
    private readonly IExecutionStore _store;
    private readonly TemporalServer _server;

    private BenchmarkServer(IExecutionStore store)
    {
        _store = store;
        _server = new TemporalServer(new TemporalServerOptions { Namespaces = ["default", "agents"] }, store);
        Invoker = new InProcessRpcInvoker(_server.Router);
    }

    public IRpcInvoker Invoker { get; }

    public RpcRouter Router => _server.Router;

    public static async Task<BenchmarkServer> StartAsync(bool inMemory, CancellationToken cancellationToken)
    {
        var server = new BenchmarkServer(inMemory ? new InMemoryExecutionStore() : await OpenPostgresAsync(cancellationToken));
        await server._server.StartAsync(cancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    /// <summary>The connection string of the PostgreSQL beside this program, started or adopted.</summary>
    public static async Task<string> StartPostgresAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "postgres");
        return (await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Folder = folder }, cancellationToken: cancellationToken)).ConnectionString;
    }

    private static async Task<IExecutionStore> OpenPostgresAsync(CancellationToken cancellationToken)
    {
        return await PostgresExecutionStore.OpenAsync(
            new PostgresStoreOptions { ConnectionString = await StartPostgresAsync(cancellationToken), Schema = "b" + Guid.NewGuid().ToString("N") },
            cancellationToken: cancellationToken);
    }
}
