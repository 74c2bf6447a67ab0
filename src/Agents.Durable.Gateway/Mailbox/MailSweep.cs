using System.Collections.Concurrent;
using Agents.Durable.Data;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Gateway.Mailbox;

/// <summary>Looks for mail that is due: second attempts, and what a crash left between storing and delivering.</summary>
internal sealed partial class MailSweep(MailboxStore mailbox, Courier courier, TimeProvider time, ILogger<MailSweep> logger)
    : PeriodicWork(TimeSpan.FromMilliseconds(500), time, logger)
{
    private const int TasksAtOnce = 100;

    // What was not acknowledged by then is delivered again by another process.
    private static readonly TimeSpan s_lastAcknowledgements = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _aborting = new();
    private readonly ConcurrentDictionary<string, Task> _deliveries = new(StringComparer.Ordinal);

    /// <summary>Takes nothing up any more, and waits a little for what is being acknowledged. The gateway's leases are given back after that.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var deliveries = Task.WhenAll(_deliveries.Values);
        await deliveries.WaitAsync(s_lastAcknowledgements, Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _aborting.CancelAsync();
        await deliveries.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        _aborting.Dispose();
        base.Dispose();
    }

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var (taskId, delivery) in _deliveries)
        {
            if (delivery.IsCompleted)
            {
                _deliveries.TryRemove(taskId, out _);
            }
        }

        foreach (var taskId in await mailbox.DueTasksAsync(TasksAtOnce, cancellationToken))
        {
            // Tasks are served side by side, because one of them may have to wait for its agent's time-out.
            if (!_deliveries.TryGetValue(taskId, out var delivery) || delivery.IsCompleted)
            {
                _deliveries[taskId] = DrainAsync(taskId, cancellationToken);
            }
        }
    }

    private async Task DrainAsync(string taskId, CancellationToken cancellationToken)
    {
        try
        {
            await courier.DrainAsync(taskId, cancellationToken, _aborting.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(e);
        }
        catch (OperationCanceledException)
        {
            // Stopping; the leases are given back and another process goes on.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Due mail could not be delivered; it stays due.")]
    private partial void LogFailed(Exception exception);
}
