using System.Text.Json;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Steps;
using Agents.Durable.Agent.Tests.Steps;

namespace Agents.Durable.Agent.Tests.Models;

/// <summary>The provider <c>anthropic</c> through its real package, against a double that speaks the wire format over HTTP.</summary>
public sealed class AnthropicTests(DatabaseFixture database) : IAsyncLifetime
{
    private const string Definition =
        """
        {"instructions":"Be brief.","model":{"provider":"anthropic","name":"claude-x","parameters":{"temperature":0.5,"max_tokens":100}},
         "tools":["workspace"],"limits":{"model_timeout_seconds":30,"model_retries":2}}
        """;

    private const string Begin =
        """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":7,"output_tokens":1}}}""";

    private const string TextBlock = """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""";
    private const string EndBlock = """{"type":"content_block_stop","index":0}""";
    private const string Stop = """{"type":"message_stop"}""";

    private ModelDouble _model = null!;
    private AgentWorld _world = null!;

    public async ValueTask InitializeAsync()
    {
        _model = await ModelDouble.StartAsync();
        _world = new AgentWorld(database, null, ("Models:Anthropic:BaseUrl", new Uri(_model.BaseUrl, "/").ToString()), ("Models:Anthropic:ApiKey", "k"));
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _model.DisposeAsync();
    }

    [Fact]
    public async Task Turn_TextAndTools_GoOverTheWireAndBack()
    {
        _model.Then(
                Begin, TextBlock, Text("Let me "), Text("look."), EndBlock,
                """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"list_files","input":{}}}""",
                """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"pa"}}""",
                """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"th\":\".\"}"}}""",
                """{"type":"content_block_stop","index":1}""",
                """{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_2","name":"list_files","input":{}}}""",
                """{"type":"content_block_stop","index":2}""",
                End("tool_use"), Stop)
            .Then(Begin, TextBlock, Text("Empty."), EndBlock, End("end_turn"), Stop);
        var (task, driver) = await StartAsync();
        await driver.ModelAsync();
        await driver.ModelAsync();
        var lines = await _world.MessagesAsync(task);
        Assert.Equal(["user: go", "agent: Let me look.", """request m0-0: list_files {"path": "."}""", "request m0-1: list_files {}"], lines.Take(4));
        Assert.Equal("agent: Empty.", lines[^1]);
        Assert.Equal(7, driver.Models[0].InputTokens);
        Assert.Equal(5, driver.Models[0].OutputTokens);

        var requests = _model.Requests.ToArray();
        Assert.Equal("claude-x", requests[0].GetProperty("model").GetString());
        Assert.Equal(100, requests[0].GetProperty("max_tokens").GetInt32());
        Assert.Contains("Be brief.", requests[0].GetProperty("system").GetRawText(), StringComparison.Ordinal);
        Assert.Contains(requests[0].GetProperty("tools").EnumerateArray(), tool => tool.GetProperty("name").GetString() == "list_files");
        var messages = requests[1].GetProperty("messages").EnumerateArray().ToArray();
        Assert.Equal(["user", "assistant", "user"], messages.Select(message => message.GetProperty("role").GetString()));
        Assert.Equal(
            ["tool_result m0-0", "tool_result m0-1"],
            messages[2].GetProperty("content").EnumerateArray().Select(part => $"{part.GetProperty("type").GetString()} {part.GetProperty("tool_use_id").GetString()}"));
    }

    [Theory]
    [InlineData(429, "3", 3.0)]
    [InlineData(529, null, 0.5)]
    [InlineData(500, null, 0.5)]
    public async Task Call_ProviderIsBusy_IsTriedAgainWhenItSays(int status, string? retryAfter, double seconds)
    {
        _model.ThenStatus(status, retryAfter, """{"type":"error","error":{"type":"overloaded_error","message":"slow down"}}""");
        var failure = await FailAsync();
        Assert.Equal(TimeSpan.FromSeconds(seconds), failure.RetryIn);
        Assert.Contains("slow down", failure.Message, StringComparison.Ordinal);
        Assert.Single(_model.Requests);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    public async Task Call_ProviderRefuses_IsFinal(int status)
    {
        _model.ThenStatus(status, null, """{"type":"error","error":{"type":"invalid_request_error","message":"not so"}}""");
        var failure = await FailAsync();
        Assert.Null(failure.RetryIn);
        Assert.Contains("not so", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ConnectionBreaksInTheMiddle_IsTriedAgain()
    {
        _model.ThenBreak(Begin, TextBlock, Text("Half a "));
        Assert.NotNull((await FailAsync()).RetryIn);
    }

    [Fact]
    public async Task Call_StreamEndsWithoutAnEnd_IsNoAnswer()
    {
        _model.Then(Begin, TextBlock, Text("Half"));
        Assert.NotNull((await FailAsync()).RetryIn);
    }

    [Theory]
    [InlineData("{\"type\":\"content_block_delta\",\"index\":0,\"del")]
    [InlineData("not json")]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""")]
    public async Task Call_ChunkIsMalformedOrAnError_IsTriedAgain(string chunk)
    {
        _model.Then(Begin, TextBlock, Text("a"), chunk, EndBlock, End("end_turn"), Stop);
        Assert.NotNull((await FailAsync()).RetryIn);
    }

    [Fact]
    public async Task Call_ModelFallsSilent_IsTriedAgain()
    {
        _model.ThenSilence(Begin, TextBlock, Text("Well"));
        Assert.Contains("silent for 0.5 s", (await FailAsync(Definition.Replace(":30", ":0.5", StringComparison.Ordinal))).Message, StringComparison.Ordinal);
    }

    private static string Text(string text) => $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":{{{JsonSerializer.Serialize(text)}}} } }""";

    private static string End(string reason) => $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{reason}}}","stop_sequence":null},"usage":{"output_tokens":5}}""";

    private async Task<StepException> FailAsync(string definition = Definition)
    {
        var (task, driver) = await StartAsync(definition);
        return await Assert.ThrowsAsync<StepException>(
            () => _world.Get<ModelStep>().RunAsync(new ModelRequest(0, 1, driver.State.Definition), new CallContext { TaskId = task, Attempt = 1 }, CancellationToken.None));
    }

    private async Task<(string Task, LoopDriver Driver)> StartAsync(string definition = Definition)
    {
        var task = await _world.TaskAsync(definition);
        await _world.MailAsync(task, "go");
        var driver = new LoopDriver(_world, task);
        await driver.MailAsync(resume: true);
        return (task, driver);
    }
}
