using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Events that were accepted and given up are listed, and come back to their place when somebody says so.</summary>
public sealed class DeadLetterTests(GatewayServer server) : IAsyncLifetime
{
    private readonly GatewayCalls _calls = new(server.Address);
    private readonly FakeAgent _agent = new();
    private readonly string _name = $"remote-{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        await _agent.StartAsync();
        await _calls.OkAsync("POST", "/agents/register", $$"""{"name":"{{_name}}","description":"d","acp_url":"{{_agent.Url}}","acp_type":"async"}""");
    }

    [Fact]
    public async Task List_EventsThatWereGivenUp_ShowsThemByAgentAndTaskInPages()
    {
        var (task, other) = (await _calls.CreateTaskAsync(_name), await _calls.CreateTaskAsync(_name));
        var agent = (await _calls.OkAsync("GET", $"/agents/name/{_name}")).GetProperty("id").GetString();
        await _agent.StopAsync();
        var one = await GiveUpAsync(task, "one", 1);
        var two = await GiveUpAsync(task, "two", 2);
        var three = await GiveUpAsync(other, "three", 1);
        await _calls.SendEventAsync(_name, other, "still tried");

        Assert.Equal([three, two, one], await IdsAsync($"agent_id={agent}"));
        Assert.Equal([one, two], await IdsAsync($"task_id={task}&order_by=settled_at&order_direction=asc"));
        Assert.Equal([two], await IdsAsync($"agent_id={agent}&limit=1&page_number=2"));
        Assert.Empty(await IdsAsync($"agent_id={Guid.NewGuid()}&task_id={task}"));
        var shown = await _calls.OkAsync("GET", $"/dead_letters/{one}");
        Assert.Equal("dead", shown.GetProperty("state").GetString());
        Assert.Equal("one", shown.GetProperty("event").GetProperty("content").GetProperty("content").GetString());
        Assert.True(shown.GetProperty("attempts").GetInt32() > 0);
        Assert.NotEqual("", shown.GetProperty("last_error").GetString());
    }

    [Fact]
    public async Task Redeliver_WhileLaterMailIsPending_ComesBeforeItAndSaysThatItComesAgain()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _calls.SendEventAsync(_name, task, "before");
        await _agent.StopAsync();
        var lost = await GiveUpAsync(task, "lost", 2);
        await _calls.SendEventAsync(_name, task, "after");

        var answer = await _calls.OkAsync("POST", $"/dead_letters/{lost}/redeliver");
        await _agent.StartAsync();

        Assert.Equal(lost, answer.GetProperty("id").GetString());
        await GatewayCalls.UntilAsync(() => _agent.Texts.Contains("after"));
        Assert.Equal(["before", "lost", "after"], _agent.Texts);
        // However often it was tried before the agent was back.
        Assert.True(int.Parse(_agent.Received.Single(call => call.Text == "lost").Attempt!, System.Globalization.CultureInfo.InvariantCulture) >= 2);
        Assert.Empty(await IdsAsync($"task_id={task}"));
        Assert.Equal(400, (await _calls.SendAsync("POST", $"/dead_letters/{lost}/redeliver")).Status);
    }

    [Fact]
    public async Task Redeliver_WhileLaterMailIsBeingDelivered_WaitsForItsAcknowledgement()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _agent.StopAsync();
        var lost = await GiveUpAsync(task, "lost", 1);
        await _agent.StartAsync();
        var acknowledged = new TaskCompletionSource();
        _agent.BeforeAnswer = text => text == "later" ? acknowledged.Task : Task.CompletedTask;
        var later = _calls.SendEventAsync(_name, task, "later");
        await GatewayCalls.UntilAsync(() => _agent.Texts.Count == 1);
        await _calls.OkAsync("POST", $"/dead_letters/{lost}/redeliver");

        // Another gateway, whose lanes are its own.
        var other = await server.StartAsync(options => options.Mode = Auth.AuthMode.Development);
        try
        {
            await other.Services.GetRequiredService<Mailbox.Courier>().DrainAsync(task, TestContext.Current.CancellationToken);
            Assert.Equal(["later"], _agent.Texts);
            acknowledged.SetResult();
            await later;
            await GatewayCalls.UntilAsync(() => _agent.Texts.Count == 2);
        }
        finally
        {
            await other.StopAsync(CancellationToken.None);
            await other.DisposeAsync();
        }

        Assert.Equal(["later", "lost"], _agent.Texts);
    }

    [Fact]
    public async Task Redeliver_AgentStillAway_IsTriedForAnotherDay()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _agent.StopAsync();
        var lost = await GiveUpAsync(task, "lost", 1);

        await _calls.OkAsync("POST", $"/dead_letters/{lost}/redeliver");
        await GatewayCalls.UntilAsync(async () => Equals(await SqlAsync($"SELECT attempts > 1 AND leased_until IS NULL FROM mailbox WHERE event_id = '{lost}'"), true));

        Assert.Equal("pending", await SqlAsync($"SELECT state FROM mailbox WHERE event_id = '{lost}'"));
    }

    [Fact]
    public async Task Redeliver_RefusedWhenNobodyWaited_IsListedAndComesAgain()
    {
        var task = await _calls.CreateTaskAsync(_name);
        _agent.Status = 503;
        var sent = await _calls.SendEventAsync(_name, task, "refused");
        _agent.Status = 404;
        await GatewayCalls.UntilAsync(async () => (await IdsAsync($"task_id={task}")).Length == 1);
        var id = sent.GetProperty("result").GetProperty("id").GetString();
        Assert.Equal("refused", (await _calls.OkAsync("GET", $"/dead_letters/{id}")).GetProperty("state").GetString());
        _agent.Status = 200;
        var before = _agent.Texts.Count;

        await _calls.OkAsync("POST", $"/dead_letters/{id}/redeliver");

        await GatewayCalls.UntilAsync(() => _agent.Texts.Count > before);
        await GatewayCalls.UntilAsync(async () => (await IdsAsync($"task_id={task}")).Length == 0);
    }

    [Fact]
    public async Task Redeliver_TaskThatEnded_IsRefused()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _agent.StopAsync();
        var lost = await GiveUpAsync(task, "lost", 1);
        await _calls.OkAsync("POST", $"/tasks/{task}/complete");

        var (status, body) = await _calls.SendAsync("POST", $"/dead_letters/{lost}/redeliver");

        Assert.Equal(400, status);
        Assert.Contains("TaskStatus.COMPLETED", body.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal([lost], await IdsAsync($"task_id={task}"));
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await _agent.DisposeAsync();
    }

    // An event that has waited a day for an agent that is away: its id.
    private async Task<string> GiveUpAsync(string task, string text, int position)
    {
        var id = (await _calls.SendEventAsync(_name, task, text)).GetProperty("result").GetProperty("id").GetString()!;
        await SqlAsync($"UPDATE mailbox SET created_at = created_at - interval '25 hours', due_at = now() WHERE task_id = '{task}' AND position = {position}");
        await GatewayCalls.UntilAsync(async () => (await IdsAsync($"task_id={task}")).Contains(id));
        return id;
    }

    private async Task<string[]> IdsAsync(string query) =>
        [.. (await _calls.OkAsync("GET", $"/dead_letters?{query}")).EnumerateArray().Select(letter => letter.GetProperty("event").GetProperty("id").GetString()!)];

    private async Task<object?> SqlAsync(string sql)
    {
        await using var command = server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
