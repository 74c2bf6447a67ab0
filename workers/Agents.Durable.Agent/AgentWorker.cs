using Agents.Durable.Agent.React;
using Agents.Durable.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Temporalio.Client;
using Temporalio.Worker;

namespace Agents.Durable.Agent;

/// <summary>Serves the queue of declarative agents while the host runs, and drains when it stops.</summary>
internal sealed class AgentWorker(ITemporalClient client, ReactActivities activities, IOptions<AgentRuntimeOptions> options, ILoggerFactory loggers) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
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
        try
        {
            await worker.ExecuteAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops, and everything in hand has ended.
        }
    }
}
