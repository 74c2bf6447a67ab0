using System.Text.Json;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Synchronous remote agents: what is said to them is stored once, in tasks that can still hear it.</summary>
public sealed class SyncAgentTests(GatewayServer server) : IAsyncLifetime
{
    private readonly GatewayCalls _calls = new(server.Address);
    private readonly FakeAgent _agent = new();
    private readonly string _name = $"sync-{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        await _agent.StartAsync();
        await _calls.OkAsync("POST", "/agents/register", $$"""{"name":"{{_name}}","description":"d","acp_url":"{{_agent.Url}}","acp_type":"sync"}""");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_OpenTask_StoresWhatIsSaidBeforeTheAnswer(bool stream)
    {
        var task = await _calls.CreateTaskAsync(_name);

        await SayAsync(task, "One?", stream);
        await SayAsync(task, "Two?", stream);

        Assert.Equal(["One?", "Yes.", "Two?", "Yes."], await TextsAsync(task));
    }

    [Fact]
    public async Task Send_InterruptedTask_GoesOn()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _calls.OkAsync("POST", $"/tasks/{task}/interrupt", "{}");

        await SayAsync(task, "Still there?", stream: false);

        Assert.Equal(["Still there?", "Yes."], await TextsAsync(task));
        Assert.Equal("RUNNING", (await _calls.OkAsync("GET", $"/tasks/{task}")).GetProperty("status").GetString());
    }

    // As Agentex, whose look for the task does not mind what became of it.
    [Fact]
    public async Task Send_DeletedTask_IsHeardAllTheSame()
    {
        var task = await _calls.CreateTaskAsync(_name);
        await _calls.OkAsync("DELETE", $"/tasks/{task}");

        await SayAsync(task, "Still there?", stream: false);

        Assert.Equal(["Still there?", "Yes."], await TextsAsync(task));
    }

    [Fact]
    public async Task Send_TaskOfAnotherAgent_IsHeardByTheOneThatWasNamed()
    {
        var other = $"sync-{Guid.NewGuid():N}";
        await _calls.OkAsync("POST", "/agents/register", $$"""{"name":"{{other}}","description":"d","acp_url":"http://127.0.0.1:9","acp_type":"sync"}""");
        var task = await _calls.CreateTaskAsync(other);

        await SayAsync(task, "Who are you?", stream: false);

        Assert.Equal(["Who are you?", "Yes."], await TextsAsync(task));
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await _agent.DisposeAsync();
    }

    private Task<JsonElement> SayAsync(string task, string text, bool stream) => _calls.RpcAsync(
        _name, "message/send", $$$"""{"task_id":"{{{task}}}","stream":{{{(stream ? "true" : "false")}}},"content":{"type":"text","author":"user","content":"{{{text}}}"}}""");

    private async Task<string[]> TextsAsync(string task) =>
        [.. (await _calls.OkAsync("GET", $"/messages?task_id={task}&order_direction=asc")).EnumerateArray().Select(message => message.GetProperty("content").GetProperty("content").GetString()!)];
}
