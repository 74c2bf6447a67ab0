using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Temporalio.Client;
using Temporalio.Worker;

namespace Temporalio.Extensions.Hosting;

/// <summary>A worker that runs as long as its host.</summary>
public class TemporalWorkerService : BackgroundService
{
    private readonly TemporalClientConnectOptions? _clientOptions;
    private readonly ITemporalClient? _client;
    private readonly TemporalWorkerOptions _options;
    private readonly TemporalWorkerClientUpdater? _updater;

    /// <summary>A worker that connects a client of its own.</summary>
    /// <exception cref="ArgumentException">The options have no client options.</exception>
    public TemporalWorkerService(TemporalWorkerServiceOptions options)
    {
        _clientOptions = options.ClientOptions ?? throw new ArgumentException("Client options is required", nameof(options));
        _options = options;
        _updater = options.WorkerClientUpdater;
    }

    /// <summary>A worker that connects a client of its own.</summary>
    public TemporalWorkerService(TemporalClientConnectOptions clientOptions, TemporalWorkerOptions workerOptions)
    {
        _clientOptions = clientOptions;
        _options = workerOptions;
    }

    /// <summary>A worker over a client, which is connected if it is not yet.</summary>
    public TemporalWorkerService(ITemporalClient client, TemporalWorkerOptions workerOptions)
    {
        _client = client;
        _options = workerOptions;
    }

    /// <summary>A worker of a host's services.</summary>
    /// <param name="serviceId">Tells which options are its own.</param>
    /// <param name="optionsMonitor">All options.</param>
    /// <param name="existingClient">Used if the options have no client options.</param>
    /// <param name="loggerFactory">Used if neither options nor client have one.</param>
    /// <exception cref="InvalidOperationException">There are neither client options nor a client.</exception>
    [ActivatorUtilitiesConstructor]
    public TemporalWorkerService(
        TemporalWorkerServiceIdentifier serviceId,
        IOptionsMonitor<TemporalWorkerServiceOptions> optionsMonitor,
        ITemporalClient? existingClient = null,
        ILoggerFactory? loggerFactory = null)
    {
        var options = (TemporalWorkerServiceOptions)optionsMonitor.Get(serviceId.OptionsName).Clone();
        _options = options;
        _updater = options.WorkerClientUpdater;
        _clientOptions = options.ClientOptions;
        _client = _clientOptions is null
            ? existingClient ?? throw new InvalidOperationException("Cannot start worker service with no client and no client connect options")
            : null;
        var clientLogs = _clientOptions?.LoggerFactory ?? _client!.Options.LoggerFactory;
        options.LoggerFactory ??= clientLogs is NullLoggerFactory ? loggerFactory : clientLogs;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var client = _client ?? await TemporalClient.ConnectAsync(_clientOptions!).ConfigureAwait(false);
        await client.Connection.ConnectAsync().ConfigureAwait(false);
        using var worker = new TemporalWorker(client, _options);
        void Update(object? sender, TemporalWorkerClientUpdatedEventArgs args) => worker.Client = args.WorkerClient;
        if (_updater is not null)
        {
            _updater.TemporalWorkerClientUpdated += Update;
        }

        try
        {
            await worker.ExecuteAsync(stoppingToken).ConfigureAwait(false);
        }
        finally
        {
            if (_updater is not null)
            {
                _updater.TemporalWorkerClientUpdated -= Update;
            }
        }
    }
}
