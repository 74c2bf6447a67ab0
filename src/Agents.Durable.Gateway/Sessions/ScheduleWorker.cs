using Agents.Durable.Gateway.Schedules;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Worker;

namespace Agents.Durable.Gateway.Sessions;

/// <summary>Serves the fires of schedules in this gateway; any other one takes over what it leaves. A gateway without an engine has none to serve.</summary>
internal sealed partial class ScheduleWorker(
    IEnumerable<ITemporalClient> clients, ScheduledRunActivity activity, TimeProvider time, ILoggerFactory loggers, ILogger<ScheduleWorker> logger) : BackgroundService
{
    private const int AtOnce = 50;
    private const int Pollers = 2;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (clients.FirstOrDefault() is { } client && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var worker = new TemporalWorker(client, Options());
                await worker.ExecuteAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // A cluster that is away for a moment must not take the gateway down.
                LogEnded(e);
                await Task.Delay(s_pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private TemporalWorkerOptions Options() => new TemporalWorkerOptions(ScheduledRun.TaskQueue)
    {
        MaxConcurrentActivities = AtOnce,
        MaxCachedWorkflows = AtOnce,
        MaxConcurrentWorkflowTaskPolls = Pollers,
        MaxConcurrentActivityTaskPolls = Pollers,
        GracefulShutdownTimeout = s_drain,
        DisableWorkflowTracingEventListener = true,
        LoggerFactory = loggers,
    }.AddWorkflow<ScheduledRun>().AddAllActivities(activity);

    [LoggerMessage(LogLevel.Error, "The worker of scheduled runs ended; it is started again.")]
    private partial void LogEnded(Exception exception);
}
