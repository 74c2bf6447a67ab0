using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Rpc.Server;
using Temporalio.Server;
using Temporalio.Server.Store.InMemory;

namespace Temporalio.Testing;

/// <summary>A server of this process on a port of its own, with everything in memory; clients in this process reach it without the socket.</summary>
internal sealed class EmbeddedServer : IAsyncDisposable
{
    private readonly TemporalServer _server;
    private readonly RpcServer _endpoint;

    private EmbeddedServer(TemporalServer server, RpcServer endpoint)
    {
        _server = server;
        _endpoint = endpoint;
    }

    public Engine Engine => _server.Engine;

    public string Target => _endpoint.Target;

    /// <summary>Starts at the options' target host, or at a free port.</summary>
    public static async Task<EmbeddedServer> StartAsync(TemporalClientConnectOptions options, TimeProvider time)
    {
        var server = new TemporalServer(
            new() { Namespaces = [options.Namespace] }, new InMemoryExecutionStore(), time, logger: options.LoggerFactory.CreateLogger<TemporalServer>());
        try
        {
            await server.StartAsync(CancellationToken.None).ConfigureAwait(false);
            return new(server, await RpcServer.StartAsync(server.Router, Address(options.TargetHost, time), options.LoggerFactory).ConfigureAwait(false));
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _endpoint.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    private static RpcServerOptions Address(string? target, TimeProvider time)
    {
        // A test's server has nobody to wait for: polls that are still open belong to workers that were not stopped.
        var options = new RpcServerOptions { ShutdownTimeout = TimeSpan.FromMilliseconds(200), TimeProvider = time };
        if (string.IsNullOrEmpty(target))
        {
            return options;
        }

        var colon = target.LastIndexOf(':');
        var host = colon < 0 ? target : target[..colon];
        return options with
        {
            Address = host is "localhost" ? IPAddress.Loopback : IPAddress.Parse(host),
            Port = colon < 0 ? 7233 : int.Parse(target.AsSpan(colon + 1), CultureInfo.InvariantCulture),
        };
    }
}
