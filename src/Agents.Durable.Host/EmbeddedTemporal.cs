using Temporalio.Rpc.Server;
using Temporalio.Server;
using Temporalio.Server.Store.Postgres;

namespace Agents.Durable.Host;

/// <summary>
/// The Temporal-compatible server inside this process, on PostgreSQL. Workers and the gateway of this process reach it by its address like
/// everybody else, and the calls are handed over without a socket.
/// </summary>
internal sealed class EmbeddedTemporal : IAsyncDisposable
{
    /// <summary>Of our tasks; agents on the SDK's Temporal mode start workflows with the same ids in <c>default</c>.</summary>
    private static readonly string[] s_namespaces = ["default", "agents"];

    // Workers are near: one that has not asked for two seconds is dead, and another one takes up its runs from their histories.
    private static readonly TemporalServerOptions s_options = new() { Namespaces = s_namespaces, StickyPollerExpiry = TimeSpan.FromSeconds(2) };

    private readonly PostgresExecutionStore _store;
    private readonly TemporalServer _server;
    private readonly RpcServer _rpc;

    private EmbeddedTemporal(PostgresExecutionStore store, TemporalServer server, RpcServer rpc) => (_store, _server, _rpc) = (store, server, rpc);

    /// <summary><c>host:port</c>, as clients take it.</summary>
    public string Target => _rpc.Target;

    /// <exception cref="HostStartException">The port is taken, or another process serves from this database.</exception>
    public static async Task<EmbeddedTemporal> StartAsync(string database, int port, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        PostgresExecutionStore store;
        try
        {
            store = await PostgresExecutionStore.OpenAsync(new PostgresStoreOptions { ConnectionString = database }, cancellationToken: cancellationToken);
        }
        catch (StoreUnavailableException exception)
        {
            throw new HostStartException($"Another Temporal server writes to this database: {exception.Message}", exception);
        }

        var server = new TemporalServer(s_options, store, logger: loggers.CreateLogger<TemporalServer>());
        await server.StartAsync(cancellationToken);
        try
        {
            var rpc = await RpcServer.StartAsync(server.Router, new RpcServerOptions { Port = port }, loggers, cancellationToken);
            return new EmbeddedTemporal(store, server, rpc);
        }
        catch (IOException exception)
        {
            await server.DisposeAsync();
            await store.DisposeAsync();
            throw new HostStartException($"Port {port} is taken. Choose another --temporal-port.", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Waiting polls are answered first, so that closing the port does not wait for them.
        await _server.StopAsync(CancellationToken.None);
        await _rpc.DisposeAsync();
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }
}
