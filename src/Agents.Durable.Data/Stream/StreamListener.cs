using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agents.Durable.Data.Stream;

/// <summary>
/// Hears of rows that other processes wrote, on one connection. Rows are the truth and a notification only a wake-up, so after each connect,
/// and every few seconds, the heads of the watched tasks are compared in one query.
/// </summary>
internal sealed partial class StreamListener(
    NpgsqlDataSource dataSource, TaskFeeds feeds, StreamRows rows, StreamNotifier notifier, TimeProvider time,
    IOptions<TaskStreamOptions> options, ILogger<StreamListener> logger) : BackgroundService
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    // How long the database may take to answer what costs it nothing: as long as the pause between two comparisons, within these.
    private static readonly TimeSpan s_leastPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_mostPatience = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                ListenFailed(logger, exception);
                await Task.Delay(s_retry, time, stoppingToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await base.StopAsync(cancellationToken);
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is ObjectDisposedException))
        {
            // The driver hears of the stop on a connection that it has just lost and taken apart; the listening has ended with it.
        }
    }

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(stoppingToken);
        connection.Notification += (_, e) => Hear(e.Payload);
        await SayAsync(connection, $"LISTEN {StreamNotifier.Channel}", stoppingToken);
        while (true)
        {
            await CompareHeadsAsync(stoppingToken);
            var next = time.GetTimestamp();
            while (time.GetElapsedTime(next) is var waited && waited < options.Value.Recheck)
            {
                await connection.WaitAsync(WholeMilliseconds(options.Value.Recheck - waited), stoppingToken);
            }

            // A way that has gone quiet without an end looks like one on which nothing is told. The driver's own keepalive is for longer waits only.
            await SayAsync(connection, "SELECT 1", stoppingToken);
        }
    }

    private async Task SayAsync(NpgsqlConnection connection, string sql, CancellationToken stoppingToken)
    {
        var patience = Math.Clamp(options.Value.Recheck.TotalSeconds, s_leastPatience.TotalSeconds, s_mostPatience.TotalSeconds);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = (int)Math.Ceiling(patience) };
        await command.ExecuteNonQueryAsync(stoppingToken);
    }

    // The driver cuts off what is less than a millisecond, and takes none for ever.
    private static TimeSpan WholeMilliseconds(TimeSpan left) => TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));

    private void Hear(string payload)
    {
        var words = payload.Split(' ');
        if (words[0] != notifier.Sender)
        {
            foreach (var taskId in words.Skip(1))
            {
                feeds.CatchUp(taskId, long.MaxValue);
            }
        }
    }

    private async Task CompareHeadsAsync(CancellationToken cancellationToken)
    {
        var watched = feeds.TaskIds();
        if (watched.Length > 0)
        {
            foreach (var (taskId, head) in await rows.HeadsAsync(watched, cancellationToken))
            {
                feeds.CatchUp(taskId, head);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Listening for new stream rows failed and is tried again.")]
    private static partial void ListenFailed(ILogger logger, Exception exception);
}
