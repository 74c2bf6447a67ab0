namespace Agents.Durable.Gateway.Tests;

/// <summary>The cursor of an agent in a task's events.</summary>
public sealed class TrackerTests(GatewayServer server) : IAsyncLifetime
{
    private readonly GatewayCalls _calls = new(server.Address);
    private readonly FakeAgent _agent = new();
    private readonly string _name = $"async-{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        await _agent.StartAsync();
        await _calls.OkAsync("POST", "/agents/register", $$"""{"name":"{{_name}}","description":"d","acp_url":"{{_agent.Url}}","acp_type":"async"}""");
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await _agent.DisposeAsync();
    }

    [Fact]
    public async Task Update_ManyAtOnce_NeverEndsBeforeTheFurthest()
    {
        const int Events = 12;
        var task = await _calls.CreateTaskAsync(_name);
        var tracker = (await _calls.OkAsync("GET", $"/tracker?task_id={task}"))[0].GetProperty("id").GetString();
        var ids = new List<string>();
        for (var n = 0; n < Events; n++)
        {
            ids.Add((await _calls.SendEventAsync(_name, task, $"{n}")).GetProperty("result").GetProperty("id").GetString()!);
        }

        var answers = await Task.WhenAll(ids.Select(id => _calls.SendAsync("PUT", $"/tracker/{tracker}", $$"""{"last_processed_event_id":"{{id}}"}""")));

        Assert.All(answers, answer => Assert.True(answer.Status is 200 or 400, $"{answer.Status} {answer.Body}"));
        Assert.Equal(ids[^1], (await _calls.OkAsync("GET", $"/tracker/{tracker}")).GetProperty("last_processed_event_id").GetString());
    }
}
