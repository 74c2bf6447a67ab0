using Temporalio.Client;

namespace Temporalio.Testing;

/// <summary>A server of this process that goes by the real clock.</summary>
internal sealed class EmbeddedEnvironment : WorkflowEnvironment
{
    private readonly EmbeddedServer _server;

    private EmbeddedEnvironment(ITemporalClient client, EmbeddedServer server)
        : base(client) => _server = server;

    public static async Task<EmbeddedEnvironment> StartAsync(WorkflowEnvironmentStartLocalOptions options)
    {
        if (options.DevServerOptions.DatabaseFilename is not null)
        {
            throw new NotSupportedException("DatabaseFilename is not supported: the server of a test environment keeps everything in memory");
        }

        options = (WorkflowEnvironmentStartLocalOptions)options.Clone();
        var server = await EmbeddedServer.StartAsync(options, TimeProvider.System).ConfigureAwait(false);
        try
        {
            options.TargetHost = server.Target;
            var client = await TemporalClient.ConnectAsync(options).ConfigureAwait(false);
            foreach (var attribute in options.SearchAttributes ?? [])
            {
                server.Engine.SearchAttributes.Add(options.Namespace, attribute.Name, attribute.ValueType);
            }

            return new(client, server);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override Task ShutdownAsync() => _server.DisposeAsync().AsTask();
}
