using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Synchronous remote agents: what is said to them is stored once, in tasks that can still hear it.</summary>
public sealed class SyncAgentTests(GatewayServer server) : IAsyncLifetime
{
    private readonly GatewayCalls _calls = new(server.Address);
    private readonly FakeAgent _agent = new();
    private readonly string _name = $"sync-{Guid.NewGuid():N}";

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

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

    [Theory]
    [InlineData("", true)]
    [InlineData("Word ", false)]
    public async Task Send_WhileTheBeginningOfTheAnswerIsStored_ShowsItIfItHasNoWord(string word, bool shown)
    {
        var task = await _calls.CreateTaskAsync(_name);
        await using var connection = await server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Stopping);
        await using var holding = await connection.BeginTransactionAsync(Stopping);
        string[] says =
        [
            $$$"""{"type":"start","index":0,"content":{"type":"text","author":"agent","content":"{{{word}}}"}}""",
            """{"type":"delta","index":0,"delta":{"type":"text","text_delta":"Yes."}}""",
            """{"type":"done","index":0}""",
        ];
        _agent.Answer = string.Join('\n', says.Select(result => $$$"""{"jsonrpc":"2.0","id":"$id","result":{{{result}}}}"""));
        _agent.BeforeAnswer = async _ =>
        {
            // Messages refer to their task, so none can be stored.
            await using var hold = new NpgsqlCommand($"SELECT FROM tasks WHERE id = '{task}' FOR UPDATE", connection, holding);
            await hold.ExecuteNonQueryAsync(Stopping);
        };

        using var lines = await _calls.LinesAsync(_name, "message/send", Message(task, "One?", stream: true));
        var first = lines.ReadLineAsync(Stopping).AsTask();
        if (shown)
        {
            Assert.Equal("start", TypeOf(await first));
        }

        var next = shown ? lines.ReadLineAsync(Stopping).AsTask() : first;
        await GatewayCalls.UntilAsync(async () => await WaitsAsync());
        Assert.False(next.IsCompleted);
        await holding.CommitAsync(Stopping);

        Assert.Equal(shown ? "delta" : "start", TypeOf(await next));
        await lines.ReadToEndAsync(Stopping);
        Assert.Equal(["One?", "Yes."], await TextsAsync(task));

        static string? TypeOf(string? line) => JsonDocument.Parse(line!).RootElement.GetProperty("result").GetProperty("type").GetString();

        async Task<bool> WaitsAsync()
        {
            await using var command = server.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
                "SELECT count(*) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid)) AND query LIKE '%INSERT INTO messages%'");
            command.Parameters.Add(new() { Value = connection.ProcessID });
            return await command.ExecuteScalarAsync(Stopping) is > 0L;
        }
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

    private Task<JsonElement> SayAsync(string task, string text, bool stream) => _calls.RpcAsync(_name, "message/send", Message(task, text, stream));

    private static string Message(string task, string text, bool stream) =>
        $$$"""{"task_id":"{{{task}}}","stream":{{{(stream ? "true" : "false")}}},"content":{"type":"text","author":"user","content":"{{{text}}}"}}""";

    private async Task<string[]> TextsAsync(string task) =>
        [.. (await _calls.OkAsync("GET", $"/messages?task_id={task}&order_direction=asc")).EnumerateArray().Select(message => message.GetProperty("content").GetProperty("content").GetString()!)];
}
