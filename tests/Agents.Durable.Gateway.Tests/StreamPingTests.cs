using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Agents.Durable.Gateway.Tests;

/// <summary>What a quiet event stream is sent, and how it ends when nobody told of the task's end.</summary>
public sealed class StreamPingTests(GatewayServer server) : IAsyncLifetime
{
    private readonly HandWoundClock _clock = new(TimeSpan.FromSeconds(15));
    private readonly GatewayCalls _calls = new(server.Address);
    private readonly string _name = $"pings-{Guid.NewGuid():N}";
    private WebApplication? _app;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _app = await server.StartAsync(options => options.Mode = Auth.AuthMode.Development, _clock, _name);

    [Fact]
    public async Task Ping_DatabaseWasAway_ComesAllTheSameAndEndsTheStreamOfATaskThatIsOver()
    {
        var task = await _calls.CreateTaskAsync(await _calls.DefineAsync());
        using var http = new HttpClient { BaseAddress = GatewayServer.AddressOf(_app!), Timeout = GatewayServer.Limit };
        var before = _clock.Timers;
        using var stream = new StreamReader(await http.GetStreamAsync($"/tasks/{task}/stream", Stopping));
        Assert.Contains("connected", await LineAsync(stream), StringComparison.Ordinal);
        await GatewayCalls.UntilAsync(() => _clock.Timers > before);

        await using (var connection = await server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Stopping))
        await using (await HoldTasksAsync(connection))
        {
            _clock.Wind();
            await LoseAsync();
        }

        Assert.Equal(":ping", await LineAsync(stream));

        // Stored and told by nobody; so dated that no sweep tells it either.
        await SqlAsync($"UPDATE tasks SET status = 'COMPLETED', updated_at = now() + interval '1 hour' WHERE id = '{task}'");
        _clock.Wind();
        Assert.Equal(":ping", await LineAsync(stream));
        _clock.Wind();
        Assert.Null(await LineAsync(stream));
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }

    // The next line that is not empty; null at the end.
    private static async Task<string?> LineAsync(StreamReader stream)
    {
        string? line;
        do
        {
            line = await stream.ReadLineAsync(Stopping).AsTask().WaitAsync(GatewayServer.Limit, Stopping);
        }
        while (line is "");

        return line;
    }

    private static async Task<NpgsqlTransaction> HoldTasksAsync(NpgsqlConnection connection)
    {
        var holding = await connection.BeginTransactionAsync(Stopping);
        await using var hold = new NpgsqlCommand("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE", connection, holding);
        await hold.ExecuteNonQueryAsync(Stopping);
        return holding;
    }

    // Ends the connection on which this test's gateway asks for the task's status.
    private Task LoseAsync() => GatewayCalls.UntilAsync(async () => await SqlAsync(
        $"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '{_name}' AND wait_event_type = 'Lock' AND query LIKE 'SELECT t.status%'") is > 0L);

    private async Task<object?> SqlAsync(string sql)
    {
        await using var command = server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        return await command.ExecuteScalarAsync(Stopping);
    }

    /// <summary>The machine's clock, but timers of one period go off by hand.</summary>
    private sealed class HandWoundClock(TimeSpan period) : TimeProvider
    {
        private readonly ConcurrentQueue<Action> _timers = new();

        public int Timers => _timers.Count;

        public void Wind()
        {
            foreach (var timer in _timers)
            {
                timer();
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan every)
        {
            if (every != period)
            {
                return base.CreateTimer(callback, state, dueTime, every);
            }

            _timers.Enqueue(() => callback(state));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
