using Agents.Durable.Contracts;
using Agents.Durable.Host.Telemetry;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Agents.Durable.Host;

/// <summary>This process's way to the engine: the embedded server where it has one, and the client that gateway and worker use.</summary>
internal sealed partial class TemporalLink(IOptions<TemporalOptions> options, TelemetryExport telemetry, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private readonly ILogger _logger = loggers.CreateLogger<TemporalLink>();
    private EmbeddedTemporal? _embedded;
    private ITemporalClient? _client;

    /// <exception cref="InvalidOperationException">Before <see cref="StartAsync"/> has returned.</exception>
    public ITemporalClient Client => _client ?? throw new InvalidOperationException("There is no connection to the engine yet.");

    /// <exception cref="HostStartException">The embedded server cannot start, or the cluster does not answer.</exception>
    public async Task StartAsync(HostSettings settings, string database, CancellationToken cancellationToken)
    {
        if (options.Value.Address is null && settings.Has(HostRoles.Temporal))
        {
            _embedded = await EmbeddedTemporal.StartAsync(database, settings.TemporalPort, loggers, cancellationToken);
        }

        if (settings.Has(HostRoles.Gateway) || settings.Has(HostRoles.Worker))
        {
            _client = await ConnectAsync(_embedded?.Target ?? options.Value.Address ?? $"127.0.0.1:{settings.TemporalPort}", cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_embedded is not null)
        {
            await _embedded.DisposeAsync();
        }
    }

    private async Task<ITemporalClient> ConnectAsync(string target, CancellationToken cancellationToken)
    {
        var tls = options.Value.ToTls();
        var begun = time.GetTimestamp();
        string? reason = null;
        while (true)
        {
            try
            {
                var client = await TemporalClient.ConnectAsync(new TemporalClientConnectOptions(target)
                {
                    Namespace = options.Value.Namespace,
                    // In every history that this process writes to, so it is short.
                    Identity = $"{Environment.ProcessId}",
                    ApiKey = options.Value.ApiKey,
                    Tls = tls,
                    Interceptors = telemetry.IsOn ? [new TraceContextInterceptor()] : null,
                    LoggerFactory = loggers,
                });
                await MakeNamespaceAsync(client);
                return client;
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException)
            {
                if (time.GetElapsedTime(begun) > options.Value.StartTimeout)
                {
                    throw new HostStartException($"The Temporal server at {target} does not answer: {e.Message}", e);
                }

                if (reason != e.Message)
                {
                    Waiting(_logger, target, reason = e.Message);
                }

                await Task.Delay(s_pause, time, cancellationToken);
            }
        }
    }

    private static async Task MakeNamespaceAsync(TemporalClient client)
    {
        var name = client.Options.Namespace;
        try
        {
            await client.WorkflowService.DescribeNamespaceAsync(new DescribeNamespaceRequest { Namespace = name });
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            await client.WorkflowService.RegisterNamespaceAsync(new RegisterNamespaceRequest
            {
                Namespace = name,
                WorkflowExecutionRetentionPeriod = Duration.FromTimeSpan(TimeSpan.FromDays(3)),
            });
        }

        // A cluster's processes learn of a new namespace some seconds after it is there; until then polls would be refused.
        await client.WorkflowService.DescribeTaskQueueAsync(new DescribeTaskQueueRequest { Namespace = name, TaskQueue = new TaskQueue { Name = AgentWorkflows.TaskQueue } });
    }

    [LoggerMessage(LogLevel.Information, "Waiting for the Temporal server at {Target}: {Reason}")]
    private static partial void Waiting(ILogger logger, string target, string reason);
}
