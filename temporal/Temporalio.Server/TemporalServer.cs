using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Frontend;
using Temporalio.Server.Store;

namespace Temporalio.Server;

/// <summary>
/// A Temporal-compatible server as a library: <see cref="Router"/> answers the calls of clients and workers once <see cref="StartAsync"/>
/// has returned. The store outlives it and is its owner's.
/// </summary>
public sealed class TemporalServer : IAsyncDisposable
{
    private readonly Engine _engine;

    public TemporalServer(
        TemporalServerOptions options,
        IExecutionStore store,
        TimeProvider? timeProvider = null,
        IIdSource? ids = null,
        IEngineScheduler? scheduler = null,
        ILogger<TemporalServer>? logger = null)
    {
        _engine = new Engine(
            options,
            store,
            timeProvider ?? TimeProvider.System,
            ids ?? new RandomIdSource(),
            scheduler ?? new ThreadPoolScheduler(),
            logger ?? NullLogger<TemporalServer>.Instance);
        Router = FrontendRoutes.Build(_engine);
    }

    /// <summary>What the server answers.</summary>
    public RpcRouter Router { get; }

    internal Engine Engine => _engine;

    /// <summary>Takes up what the store holds: runs with pending work are loaded, the others when their time or a caller comes.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _engine.Settings.LoadAsync(cancellationToken);
        await foreach (var open in _engine.Store.ScanOpenAsync(cancellationToken))
        {
            if (open.Pending)
            {
                _engine.Actors.Post(open.Workflow, new ActorNotice(static _ => { }) { RunId = open.RunId });
            }
            else if (open.WakeAt is { } due)
            {
                _engine.Timers.Add(due, new WakeUp(_engine, open.Workflow));
            }
        }

        Sweeper.Start(_engine);
        RetentionSweep.Start(_engine);
    }

    /// <summary>Answers waiting polls with nothing, writes what is still to be written, and takes no more calls.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _engine.Stop("The server is stopping.");
        await _engine.Committer.FlushAsync().WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_engine.Stopped is null)
        {
            await StopAsync(CancellationToken.None);
        }

        _engine.Dispose();
    }
}
