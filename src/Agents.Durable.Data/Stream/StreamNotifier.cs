using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agents.Durable.Data.Stream;

/// <summary>
/// Tells other processes which tasks have new rows. NOTIFY takes a lock on the whole database at commit, so it happens on a connection of
/// its own, after the commit it tells of, and what comes within a few milliseconds goes out together.
/// </summary>
internal sealed partial class StreamNotifier(
    NpgsqlDataSource dataSource, TimeProvider time, IOptions<TaskStreamOptions> options, ILogger<StreamNotifier> logger) : IAsyncDisposable
{
    public const string Channel = "agents_task_stream";

    // PostgreSQL refuses payloads of 8,000 bytes and more.
    private const int MaxPayload = 7_800;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _tasks = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    // One place: a pending wake-up stands for any number of them.
    private readonly Channel<bool> _wake = System.Threading.Channels.Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    private Task? _loop;

    /// <summary>Names this process in what it sends, so that it can pass over its own.</summary>
    public string Sender { get; } = Guid.NewGuid().ToString("N");

    public void Notify(IEnumerable<string> taskIds)
    {
        lock (_gate)
        {
            _tasks.UnionWith(taskIds);
            _loop ??= Task.Run(RunAsync);
        }

        _wake.Writer.TryWrite(true);
    }

    public async ValueTask DisposeAsync()
    {
        // What is pending is still told; without that, other processes would learn of it only by their own recheck.
        _wake.Writer.TryComplete();
        await _stopping.CancelAsync();
        if (_loop is not null)
        {
            await _loop;
        }

        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        NpgsqlConnection? connection = null;
        while (await _wake.Reader.WaitToReadAsync())
        {
            _wake.Reader.TryRead(out _);
            string[] tasks;
            lock (_gate)
            {
                tasks = [.. _tasks];
                _tasks.Clear();
            }

            try
            {
                connection ??= await OpenAsync();
                foreach (var payload in Payloads(tasks))
                {
                    await using var command = new NpgsqlCommand("SELECT pg_notify($1, $2)", connection);
                    command.Parameters.Add(new() { Value = Channel });
                    command.Parameters.Add(new() { Value = payload });
                    await command.ExecuteNonQueryAsync();
                }
            }
            catch (Exception exception)
            {
                // Not repeated: readers compare heads by themselves every few seconds.
                NotifyFailed(logger, exception);
                if (connection is not null)
                {
                    await connection.DisposeAsync();
                    connection = null;
                }
            }

            try
            {
                await Task.Delay(options.Value.Coalesce, time, _stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // Stopping: the rest goes out without the pause.
            }
        }

        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = await dataSource.OpenConnectionAsync();
        // Nothing is stored by these commits, so none has to wait for the disk.
        await using var command = new NpgsqlCommand("SET synchronous_commit = off", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private IEnumerable<string> Payloads(IEnumerable<string> tasks)
    {
        var payload = Sender;
        foreach (var task in tasks)
        {
            if (payload.Length + task.Length + 1 > MaxPayload)
            {
                yield return payload;
                payload = Sender;
            }

            payload += " " + task;
        }

        yield return payload;
    }

    [LoggerMessage(LogLevel.Warning, "Telling other processes about new stream rows failed.")]
    private static partial void NotifyFailed(ILogger logger, Exception exception);
}
