using Agents.Durable.Contracts;
using Agents.Durable.Data.Stream;
using Agents.Durable.Gateway.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Agents.Durable.Gateway.Tests;

/// <summary>What a gateway stored of a task's status and did not tell, because it died, is told all the same, and once.</summary>
public sealed class StatusSweepTests(GatewayServer server) : IAsyncLifetime
{
    private readonly GatewayCalls _calls = new(server.Address);
    private readonly FakeAgent _agent = new();
    private readonly string _name = $"remote-{Guid.NewGuid():N}";

    private TaskStream Stream => server.Services.GetRequiredService<TaskStream>();

    public async ValueTask InitializeAsync()
    {
        await _agent.StartAsync();
        await _calls.OkAsync("POST", "/agents/register", $$"""{"name":"{{_name}}","description":"d","acp_url":"{{_agent.Url}}","acp_type":"async"}""");
    }

    [Fact]
    public async Task Tell_EndThatWasStoredOnly_EndsTheViewersStream()
    {
        var task = await _calls.CreateTaskAsync(_name);
        var seen = ReadAsync(task, 0);
        await StoreAsync(task, "COMPLETED");

        await TellAsync();

        var frame = Assert.Single(await seen);
        Assert.Contains("\"COMPLETED\"", System.Text.Encoding.UTF8.GetString(frame.ServerSentEvent.Span), StringComparison.Ordinal);
        await TellAsync();
        Assert.Equal(frame.Seq, (await Stream.HeadAsync(task, TestContext.Current.CancellationToken)).Seq);
    }

    [Theory]
    [InlineData("acp")]
    [InlineData("react")]
    public async Task Tell_TaskThatGoesOnAndWasToldToHaveEnded_OpensItsStream(string kind)
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _calls.OkAsync("POST", $"/tasks/{task}/fail");
        await SqlAsync($"UPDATE agents SET kind = '{kind}' WHERE name = '{_name}'");
        await StoreAsync(task, "RUNNING");
        Assert.True((await Stream.HeadAsync(task, TestContext.Current.CancellationToken)).Ended);

        await TellAsync();

        Assert.False((await Stream.HeadAsync(task, TestContext.Current.CancellationToken)).Ended);
    }

    [Fact]
    public async Task Tell_StopAndGoingOnThatWereStoredOnly_AreToldOnceEach()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await StoreAsync(task, "INTERRUPTED");
        await TellAsync();
        await TellAsync();
        Assert.Equal(["INTERRUPTED"], await ToldAsync(task));

        await SqlAsync($"UPDATE tasks SET status_reason = 'Task resumed on next turn' WHERE id = '{task}'");
        await StoreAsync(task, "RUNNING");
        await TellAsync();
        await TellAsync();
        Assert.Equal(["INTERRUPTED", "RUNNING"], await ToldAsync(task));
    }

    [Fact]
    public async Task Tell_StopThatWasTold_IsLeft()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _calls.OkAsync("POST", $"/tasks/{task}/interrupt");
        await StoreAsync(task, "INTERRUPTED");
        await TellAsync();
        Assert.Equal(["INTERRUPTED"], await ToldAsync(task));
    }

    [Fact]
    public async Task Tell_StatusOfThisMoment_IsLeftToItsWriter()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await SqlAsync($"UPDATE tasks SET status = 'COMPLETED', updated_at = now() + interval '1 hour' WHERE id = '{task}'");

        await TellAsync();

        Assert.False((await Stream.HeadAsync(task, TestContext.Current.CancellationToken)).Ended);
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await _agent.DisposeAsync();
    }

    /// <summary>The statuses that viewers were told.</summary>
    private async Task<IEnumerable<string?>> ToldAsync(string task) => (await Stream.PageAsync(task, 0, 1000, TestContext.Current.CancellationToken))
        .Select(frame => System.Text.Json.JsonDocument.Parse(frame.Update).RootElement)
        .Where(update => update.GetProperty("type").GetString() == "task_updated")
        .Select(update => update.GetProperty("task").GetProperty("status").GetString());

    // As a gateway leaves it that died before it told.
    private Task StoreAsync(string task, string status) =>
        SqlAsync($"UPDATE tasks SET status = '{status}', updated_at = now() - interval '10 seconds' WHERE id = '{task}'");

    private async Task SqlAsync(string sql)
    {
        await using var command = server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    // Again while the sweep itself, or that of another gateway, is at it.
    private async Task TellAsync()
    {
        var sweep = server.Services.GetRequiredService<StatusSweep>();
        await GatewayCalls.UntilAsync(async () => await sweep.TellAsync(TimeProvider.System.GetUtcNow().AddMinutes(-1), TestContext.Current.CancellationToken) is not null);
    }

    private async Task<List<StreamFrame>> ReadAsync(string task, long after)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(GatewayServer.Limit);
        var frames = new List<StreamFrame>();
        await foreach (var some in Stream.ReadAsync(task, after, late.Token))
        {
            frames.AddRange(some);
        }

        return frames;
    }
}
