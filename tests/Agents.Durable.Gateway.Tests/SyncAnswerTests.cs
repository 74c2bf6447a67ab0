using System.Text.Json;

namespace Agents.Durable.Gateway.Tests;

/// <summary>Answers of synchronous agents that are not quite what they should be: what Agentex's source makes of them where no recording shows it.</summary>
public sealed class SyncAnswerTests(GatewayServer server) : IAsyncLifetime
{
    private const string Full = """{"type":"full","index":0,"content":{"type":"text","author":"agent","content":"Yes."}}""";
    private readonly GatewayCalls _calls = new(server.Address);
    private readonly FakeAgent _agent = new();
    private readonly string _name = $"sync-{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        await _agent.StartAsync();
        await _calls.OkAsync("POST", "/agents/register", $$"""{"name":"{{_name}}","description":"d","acp_url":"{{_agent.Url}}","acp_type":"sync"}""");
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await _agent.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"id":"$id","result":FULL,"error":{}}""", null)]
    [InlineData("""{"id":"$id","result":FULL,"error":""}""", null)]
    [InlineData("""{"jsonrpc":"1.0","id":"$id","result":FULL}""", -32602)]
    [InlineData("""{"id":{"x":1},"result":FULL}""", -32602)]
    [InlineData("""{"id":5,"result":FULL}""", -32603)]
    [InlineData("""[1]""", -32602)]
    [InlineData("""{"id":"$id","result":null}""", -32603)]
    [InlineData("""{"id":"$id","result":{}}""", -32603)]
    [InlineData("""{"id":"$id","result":[1]}""", -32603)]
    [InlineData("""{"id":"$id","result":{"type":"done","index":0,"parent_task_message":{}}}""", -32602)]
    [InlineData("""{"id":"$id","result":{"type":"full","index":0,"parent_task_message":{"task_id":"t","content":{"type":"text","author":"agent","content":"x"}},"content":{"type":"text","author":"agent","content":"Yes."}}}""", null)]
    public async Task Answer_Plain_IsTakenOrRefused(string line, int? code)
    {
        _agent.Answer = line.Replace("FULL", Full, StringComparison.Ordinal);

        var answer = await SayAsync(stream: false);

        if (code is null)
        {
            Assert.Equal("Yes.", answer.GetProperty("result")[0].GetProperty("content").GetProperty("content").GetString());
        }
        else
        {
            Assert.Equal(code, answer.GetProperty("error").GetProperty("code").GetInt32());
        }
    }

    [Fact]
    public async Task Answer_AsServerSentEvents_IsNoAnswer()
    {
        _agent.Answer = $$"""data: {"id":"$id","result":{{Full}}}""";

        Assert.Equal("[]", (await SayAsync(stream: false)).GetProperty("result").GetRawText());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("""{"type":"text","text_delta":null}""")]
    [InlineData("""{"type":"reasoning_summary","summary_index":0,"summary_delta":null}""")]
    public async Task Answer_StreamedThatBeginsWithNothing_FailsTheTask(string delta)
    {
        _agent.Answer = $$$"""{"id":"$id","result":{"type":"delta","index":0,"delta":{{{delta}}}}}""";
        var task = await _calls.CreateTaskAsync(_name);

        var answer = await SayAsync(stream: true, task);

        Assert.Equal(-32603, answer.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal("FAILED", (await _calls.OkAsync("GET", $"/tasks/{task}")).GetProperty("status").GetString());
    }

    private Task<JsonElement> SayAsync(bool stream, string? task = null) => _calls.RpcAsync(
        _name, "message/send", $$$"""{"task_id":{{{(task is null ? "null" : $"\"{task}\"")}}},"stream":{{{(stream ? "true" : "false")}}},"content":{"type":"text","author":"user","content":"Well?"}}""");
}
