using Agents.Durable.Agent.React;
using Agents.Durable.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Temporalio.Client;
using Temporalio.Worker;

namespace Agents.Durable.Agent;

/// <summary>Serves the queue of declarative agents while the host runs, and drains when it stops.</summary>
internal sealed partial class AgentWorker(
    ITemporalClient client, ReactActivities activities, IOptions<AgentRuntimeOptions> options, TimeProvider time, ILoggerFactory loggers, ILogger<AgentWorker> logger) : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ServeAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The host stops, and everything in hand has ended.
                return;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // A cluster that is being set up or has lost its namespace for a moment must not take the process, and the gateway in it, down.
                LogEnded(e);
                await Task.Delay(s_pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(CancellationToken stoppingToken)
    {
        var runtime = options.Value;
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions(AgentWorkflows.TaskQueue)
        {
            MaxConcurrentActivities = runtime.MaxConcurrentCalls,
            GracefulShutdownTimeout = runtime.DrainTime,
            // Calls learn with a heartbeat that they are canceled.
            MaxHeartbeatThrottleInterval = runtime.HeartbeatTimeout / 4,
            // The listener watches every task of the process, the gateway's too.
            DisableWorkflowTracingEventListener = true,
            LoggerFactory = loggers,
        }.AddWorkflow<ReactAgent>().AddAllActivities(activities));
        await worker.ExecuteAsync(stoppingToken);
    }

    [LoggerMessage(LogLevel.Error, "The worker of declarative agents ended; it is started again.")]
    private partial void LogEnded(Exception exception);
}
