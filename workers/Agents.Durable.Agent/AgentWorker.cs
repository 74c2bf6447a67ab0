using Agents.Durable.Agent.React;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Temporalio.Worker;

namespace Agents.Durable.Agent;

/// <summary>Serves the queue of declarative agents while the host runs: their workflow, and the steps of all agents of ours.</summary>
internal sealed class AgentWorker(QueueServer server, RunActivities activities, IOptions<AgentRuntimeOptions> options, ILoggerFactory loggers) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        server.ServeAsync(() => Options(AgentWorkflows.TaskQueue, options.Value, loggers).AddWorkflow<ReactAgent>().AddAllActivities(activities), stoppingToken);

    /// <summary>What workers of agents have in common.</summary>
    public static TemporalWorkerOptions Options(string queue, AgentRuntimeOptions runtime, ILoggerFactory loggers) => new(queue)
    {
        MaxConcurrentActivities = runtime.MaxConcurrentCalls,
        GracefulShutdownTimeout = runtime.DrainTime,
        // Calls learn with a heartbeat that they are canceled.
        MaxHeartbeatThrottleInterval = runtime.HeartbeatTimeout / 4,
        // The listener watches every task of the process, the gateway's too.
        DisableWorkflowTracingEventListener = true,
        LoggerFactory = loggers,
    };
}
