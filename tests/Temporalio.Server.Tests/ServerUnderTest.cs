using Temporalio.Rpc;
using Temporalio.Rpc.InProcess;
using Temporalio.Server.Store;
using Temporalio.Server.Store.Postgres;

namespace Temporalio.Server.Tests;

/// <summary>A server in this process on a store of its own.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private readonly TemporalServer _server;
    private readonly IExecutionStore _store;

    private ServerUnderTest(IExecutionStore store, TemporalServerOptions options)
    {
        _store = store;
        _server = new TemporalServer(options, store);
        Invoker = new InProcessRpcInvoker(_server.Router, serialise: true);
    }

    public IRpcInvoker Invoker { get; }

    public static async Task<ServerUnderTest> PostgresAsync(TestPostgres postgres) =>
        await StartAsync(await PostgresExecutionStore.OpenAsync(await postgres.NewStoreAsync()));

    public bool Serves(RpcMethod method) => _server.Router.TryFind(method.Path, out _, out _);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    /// <summary>A server on the store, which it takes over.</summary>
    public static async Task<ServerUnderTest> StartAsync(IExecutionStore store, TemporalServerOptions? options = null)
    {
        var server = new ServerUnderTest(store, options ?? new());
        await server._server.StartAsync(CancellationToken.None);
        return server;
    }
}
