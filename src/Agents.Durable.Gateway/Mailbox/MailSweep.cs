using Agents.Durable.Data;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Gateway.Mailbox;

/// <summary>Looks for mail that is due: second attempts, and what a crash left between storing and delivering.</summary>
internal sealed partial class MailSweep(MailboxStore mailbox, Courier courier, TimeProvider time, ILogger<MailSweep> logger)
    : PeriodicWork(TimeSpan.FromMilliseconds(500), time, logger)
{
    private const int TasksAtOnce = 100;
    private readonly HashSet<string> _underWay = new(StringComparer.Ordinal);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var taskId in await mailbox.DueTasksAsync(TasksAtOnce, cancellationToken))
        {
            Start(taskId, cancellationToken);
        }
    }

    // Tasks are served side by side, because one of them may have to wait for its agent's time-out.
    private void Start(string taskId, CancellationToken cancellationToken)
    {
        lock (_underWay)
        {
            if (!_underWay.Add(taskId))
            {
                return;
            }
        }

        _ = DrainAsync(taskId, cancellationToken);
    }

    private async Task DrainAsync(string taskId, CancellationToken cancellationToken)
    {
        try
        {
            await courier.DrainAsync(taskId, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(e);
        }
        catch (OperationCanceledException)
        {
            // Stopping; the leases run out and the next process goes on.
        }
        finally
        {
            lock (_underWay)
            {
                _underWay.Remove(taskId);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Due mail could not be delivered; it stays due.")]
    private partial void LogFailed(Exception exception);
}
