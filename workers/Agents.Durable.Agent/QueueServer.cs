using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Worker;

namespace Agents.Durable.Agent;

/// <summary>Serves a queue until it is stopped, whatever becomes of the engine meanwhile, and drains then.</summary>
internal sealed partial class QueueServer(ITemporalClient client, TimeProvider time, ILogger<QueueServer> logger)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    public async Task ServeAsync(Func<TemporalWorkerOptions> options, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var current = options();
            try
            {
                await client.Connection.ConnectAsync();
                using var worker = new TemporalWorker(client, current);
                await worker.ExecuteAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The host stops, and everything in hand has ended.
                return;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // A cluster that is being set up or has lost its namespace for a moment must not take the process, and the gateway in it, down.
                LogEnded(e, current.TaskQueue);
                await Task.Delay(s_pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The worker of queue {TaskQueue} ended; it is started again.")]
    private partial void LogEnded(Exception exception, string? taskQueue);
}
