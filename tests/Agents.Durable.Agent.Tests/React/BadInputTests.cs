using System.Text.Json;
using Agents.Durable.Agent.Tests.Models;

namespace Agents.Durable.Agent.Tests.React;

/// <summary>What the outside does wrong, seen from the task: it goes on, or fails with a reason that says where to look.</summary>
public sealed class BadInputTests(DatabaseFixture database, EngineFixture engine)
{
    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task Model_BusyThenBroken_IsAskedAgainWhenItSaysAndAnswers(string provider)
    {
        await using var model = await ModelDouble.StartAsync();
        model.ThenStatus(429, "1");
        model.ThenBreak(Said(provider, "Half a ", end: false)).Then(Said(provider, "Whole.", end: true));
        await using var agent = Agent(model);
        var begun = TimeProvider.System.GetTimestamp();
        var task = await agent.StartAsync(Definition(provider, retries: 3));
        await agent.LastAsync(task, "agent: Whole.");
        Assert.True(TimeProvider.System.GetElapsedTime(begun) >= TimeSpan.FromSeconds(1));
        Assert.Equal(["user: go", "agent: Whole."], await agent.World.MessagesAsync(task));
        Assert.Equal(3, model.Requests.Count);
    }

    [Theory]
    [InlineData("openai", 500, "answered 500")]
    [InlineData("anthropic", 529, "slow down")]
    public async Task Model_KeepsFailing_FailsTheTaskWithItsWords(string provider, int status, string reason)
    {
        await using var model = await ModelDouble.StartAsync();
        const string Body = """{"type":"error","error":{"type":"overloaded_error","message":"slow down"}}""";
        model.ThenStatus(status, null, Body).ThenStatus(status, null, Body);
        await using var agent = Agent(model);
        var task = await agent.StartAsync(Definition(provider, retries: 1));
        var ended = await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal));
        Assert.StartsWith("FAILED: ", ended, StringComparison.Ordinal);
        Assert.Contains(reason, ended, StringComparison.Ordinal);
        Assert.Equal(2, model.Requests.Count);
    }

    [Fact]
    public async Task Model_AsksForTooMuchForNothingKnownAndWithNonsense_TheTaskIsAlive()
    {
        await using var agent = Agent(null);
        var task = await agent.StartAsync(AgentWorld.Scripted(
            """
            [{"tool_calls":[{"name":"read_file","arguments":"not json"},{"name":"read_file","arguments":{"path":7}},{"name":"read_file","arguments":{"path":"../../etc/passwd"}},
              {"name":"no_such_tool"},{"name":""}]},{"text":"I see."}]
            """, """["workspace"]"""));
        await agent.LastAsync(task, "agent: I see.");
        var answers = (await agent.World.MessagesAsync(task)).Where(line => line.StartsWith("response", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(5, answers.Length);
        Assert.All(answers, answer => Assert.Contains(" error: ", answer, StringComparison.Ordinal));
        Assert.Contains("not valid JSON", answers[0], StringComparison.Ordinal);
        Assert.Contains("'path' must be string, not number", answers[1], StringComparison.Ordinal);
        Assert.Contains("There is no tool 'no_such_tool'", answers[3], StringComparison.Ordinal);
        Assert.StartsWith("RUNNING", await agent.World.StatusAsync(task), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_AsksForMoreCallsThanAreMade_FailsTheTask()
    {
        await using var agent = Agent(null);
        var calls = string.Join(',', Enumerable.Repeat("""{"name":"list_files"}""", 65));
        var task = await agent.StartAsync(AgentWorld.Scripted($$"""[{"tool_calls":[{{calls}}]}]""", """["workspace"]""", """{"model_retries":0}"""));
        Assert.Equal(
            "FAILED: The model asked for 65 calls at once; at most 64 are made.", await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task McpServer_ThatCannotBeStarted_FailsTheTaskAndNamesIt()
    {
        await using var agent = Agent(null);
        var task = await agent.StartAsync(
            AgentWorld.Scripted("""[{"text":"never"}]""", """[{"mcp":{"name":"gone","command":"/no/such/program"}}]""", """{"model_retries":0}"""));
        Assert.StartsWith(
            "FAILED: The MCP server 'gone' cannot be started", await agent.StatusAsync(task, status => !status.StartsWith("RUNNING", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task McpServer_DiesInACallAndHangsInAnother_TheModelIsToldAndGoesOn()
    {
        await using var agent = Agent(null);
        var server = Mcp.EverythingServer.Faulty().Replace("}}", "},\"timeout_seconds\":1,\"on_unknown\":\"fail\"}", StringComparison.Ordinal);
        var task = await agent.StartAsync(AgentWorld.Scripted(
            """[{"tool_calls":[{"name":"die"}]},{"tool_calls":[{"name":"hang"}]},{"tool_calls":[{"name":"echo","arguments":{"text":"alive"}}]},{"text":"Survived."}]""", $"[{server}]"));
        await agent.LastAsync(task, "agent: Survived.");
        var messages = await agent.World.MessagesAsync(task);
        Assert.Contains(messages, line => line.StartsWith("response m0-0 error: ", StringComparison.Ordinal) && line.Contains("died", StringComparison.Ordinal));
        Assert.Contains(messages, line => line.StartsWith("response m1-0 error: hang did not finish within 1 s.", StringComparison.Ordinal));
        Assert.Contains(messages, line => line.StartsWith("response m2-0: echo alive", StringComparison.Ordinal));
    }

    private static string Definition(string provider, int retries) =>
        $$$"""{"model":{"provider":"{{{provider}}}","name":"m","parameters":{"max_tokens":50}},"limits":{"model_retries":{{{retries}}} } }""";

    private static string[] Said(string provider, string text, bool end) => provider == "openai"
        ? [ModelDouble.Text(text), .. end ? [ModelDouble.Stop(), "[DONE]"] : Array.Empty<string>()]
        :
        [
            """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":7,"output_tokens":1}}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
            $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":{{{JsonSerializer.Serialize(text)}}} } }""",
            .. end
                ? [
                    """{"type":"content_block_stop","index":0}""",
                    """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":5}}""",
                    """{"type":"message_stop"}""",
                ]
                : Array.Empty<string>(),
        ];

    private RunningAgent Agent(ModelDouble? model) => new(
        database,
        engine,
        null,
        ("Models:OpenAI:BaseUrl", model?.BaseUrl.ToString() ?? "http://127.0.0.1:9"),
        ("Models:OpenAI:ApiKey", "k"),
        ("Models:Anthropic:BaseUrl", model is null ? "http://127.0.0.1:9" : new Uri(model.BaseUrl, "/").ToString()),
        ("Models:Anthropic:ApiKey", "k"));
}
