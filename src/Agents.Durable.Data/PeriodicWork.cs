using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agents.Durable.Data;

/// <summary>
/// Work that is done again and again for as long as the host lives. What one round throws is logged and costs that round alone: the database or the engine
/// may be away for a while. Rounds never overlap; one that takes longer than the interval is followed by the next at once.
/// </summary>
public abstract partial class PeriodicWork(TimeSpan interval, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>The clock that the rounds go by.</summary>
    protected TimeProvider Time => time;

    /// <summary>Whether the first round comes with the start of the host, not an interval later.</summary>
    protected virtual bool StartsAtOnce => false;

    /// <summary>One round.</summary>
    protected abstract Task RoundAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(interval, Time);
            if (StartsAtOnce)
            {
                await TryRoundAsync(stoppingToken);
            }

            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryRoundAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task TryRoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RoundAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(logger, e, GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A round of {Work} failed; the next one comes as usual.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string work);
}
