using Agents.Durable.Postgres;
using Npgsql;

namespace Agents.Durable.Host;

/// <summary>
/// Starts the embedded PostgreSQL again when it ends under a living host: at once, and with growing pauses if it keeps ending. Every process on the folder
/// watches; the first one starts it, the others adopt it. Whoever uses the database waits or repeats by itself.
/// </summary>
internal sealed partial class PostgresSupervisor(EmbeddedPostgres server, NpgsqlDataSource database, TimeProvider time, ILogger<PostgresSupervisor> logger) : IAsyncDisposable
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);

    /// <summary>A server that lived this long after its start did not end because of how it was started.</summary>
    private static readonly TimeSpan s_sound = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_nextLook = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _watch = Task.CompletedTask;

    public void Start() => _watch = WatchAsync(_stopping.Token);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        var pause = TimeSpan.Zero;
        while (true)
        {
            var begun = time.GetTimestamp();
            try
            {
                await server.WaitForEndAsync(stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                // That it cannot be seen does not say that it ended.
                LogNotSeen(e, server.ProcessId);
                await Task.Delay(s_nextLook, time, stopping);
                continue;
            }

            LogEnded(server.ProcessId);
            pause = time.GetElapsedTime(begun) >= s_sound ? TimeSpan.Zero : Longer(pause);
            var ended = time.GetTimestamp();
            while (!await TryRestartAsync(pause, stopping))
            {
                pause = Longer(pause);
            }

            // Sessions with the server that is gone would each fail one caller first.
            database.Clear();
            LogRestarted(server.ProcessId, time.GetElapsedTime(ended).TotalMilliseconds);
        }
    }

    private async Task<bool> TryRestartAsync(TimeSpan pause, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(pause, time, stopping);
            await server.RestartAsync(stopping);
            return true;
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // A full disk, a removed program: nothing that ending this process would mend.
            LogNotRestarted(e, Longer(pause).TotalSeconds);
            return false;
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause == TimeSpan.Zero ? s_firstPause : pause * 2 < s_longestPause ? pause * 2 : s_longestPause;

    [LoggerMessage(LogLevel.Error, "The embedded PostgreSQL (process {ProcessId}) ended; it is started again.")]
    private partial void LogEnded(int processId);

    [LoggerMessage(LogLevel.Warning, "The embedded PostgreSQL runs again (process {ProcessId}), after {Milliseconds:0} ms.")]
    private partial void LogRestarted(int processId, double milliseconds);

    [LoggerMessage(LogLevel.Error, "The embedded PostgreSQL could not be started again; next try in {Seconds:0.0} s.")]
    private partial void LogNotRestarted(Exception exception, double seconds);

    [LoggerMessage(LogLevel.Error, "Whether the embedded PostgreSQL (process {ProcessId}) runs could not be seen; it is looked for again.")]
    private partial void LogNotSeen(Exception exception, int processId);
}
