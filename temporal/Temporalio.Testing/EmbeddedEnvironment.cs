using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Rpc.Server;
using Temporalio.Server;
using Temporalio.Server.Store.InMemory;

namespace Temporalio.Testing;

/// <summary>A server of this process on a port of its own; clients in this process reach it without the socket.</summary>
internal sealed class EmbeddedEnvironment : WorkflowEnvironment
{
    private readonly TemporalServer _server;
    private readonly RpcServer _endpoint;

    private EmbeddedEnvironment(ITemporalClient client, TemporalServer server, RpcServer endpoint)
        : base(client)
    {
        _server = server;
        _endpoint = endpoint;
    }

    public static async Task<EmbeddedEnvironment> StartAsync(WorkflowEnvironmentStartLocalOptions options)
    {
        if (options.DevServerOptions.DatabaseFilename is not null)
        {
            throw new NotSupportedException("DatabaseFilename is not supported: the server of a test environment keeps everything in memory");
        }

        options = (WorkflowEnvironmentStartLocalOptions)options.Clone();
        var server = new TemporalServer(
            new() { Namespaces = [options.Namespace] }, new InMemoryExecutionStore(), logger: options.LoggerFactory.CreateLogger<TemporalServer>());
        RpcServer? endpoint = null;
        try
        {
            await server.StartAsync(CancellationToken.None).ConfigureAwait(false);
            endpoint = await RpcServer.StartAsync(server.Router, Address(options.TargetHost), options.LoggerFactory).ConfigureAwait(false);
            options.TargetHost = endpoint.Target;
            var client = await TemporalClient.ConnectAsync(options).ConfigureAwait(false);
            return new(client, server, endpoint);
        }
        catch
        {
            await StopAsync(server, endpoint).ConfigureAwait(false);
            throw;
        }
    }

    public override Task ShutdownAsync() => StopAsync(_server, _endpoint);

    private static RpcServerOptions Address(string? target)
    {
        // A test's server has nobody to wait for: polls that are still open belong to workers that were not stopped.
        var options = new RpcServerOptions { ShutdownTimeout = TimeSpan.FromMilliseconds(200) };
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

    private static async Task StopAsync(TemporalServer server, RpcServer? endpoint)
    {
        await server.StopAsync(CancellationToken.None).ConfigureAwait(false);
        if (endpoint is not null)
        {
            await endpoint.DisposeAsync().ConfigureAwait(false);
        }

        await server.DisposeAsync().ConfigureAwait(false);
    }
}
