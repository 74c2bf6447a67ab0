using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Steps;
using Agents.Durable.Agent.Tests.Steps;

namespace Agents.Durable.Agent.Tests.Models;

/// <summary>The real package against the wire format, through the model step.</summary>
public sealed class OpenAiTests(DatabaseFixture database) : IAsyncLifetime
{
    private const string Definition =
        """{"instructions":"Be brief.","model":{"provider":"openai","name":"m","parameters":{"temperature":0.5,"max_tokens":99}},"tools":["read_file"],"limits":{"model_retries":2,"model_timeout_seconds":30}}""";
    private ModelDouble _model = null!;
    private AgentWorld _world = null!;

    public async ValueTask InitializeAsync()
    {
        _model = await ModelDouble.StartAsync();
        _world = new AgentWorld(database, null, ("Models:OpenAI:BaseUrl", _model.BaseUrl.ToString()), ("Models:OpenAI:ApiKey", "k"));
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _model.DisposeAsync();
    }

    [Fact]
    public async Task Call_TextAndToolsInPieces_AreAssembled()
    {
        _model.Then(
            ModelDouble.Delta("""{"role":"assistant","content":""}"""), ModelDouble.Text("Rea"), ModelDouble.Text("ding"),
            ModelDouble.Delta("""{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"read_file","arguments":""}}]}"""),
            ModelDouble.Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"path\":"}}]}"""),
            ModelDouble.Delta("""{"tool_calls":[{"index":1,"id":"call_1","type":"function","function":{"name":"read_file","arguments":"{\"path\":\"b\"}"}}]}"""),
            ModelDouble.Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"\"a\"}"}}]}"""),
            ModelDouble.Stop("tool_calls"), ModelDouble.Usage, "[DONE]")
            .Then(ModelDouble.Text("No such files."), ModelDouble.Stop(), "[DONE]");
        var (task, driver) = await StartAsync();
        await driver.ModelAsync();
        await driver.ModelAsync();
        Assert.Equal((7, 5, 2), (driver.Models[0].InputTokens, driver.Models[0].OutputTokens, driver.Models[0].Tools!.Count));
        var messages = await _world.MessagesAsync(task);
        Assert.Contains("""request m0-0: read_file {"path": "a"}""", messages);
        Assert.Contains("""request m0-1: read_file {"path": "b"}""", messages);
        Assert.Equal("agent: No such files.", messages[^1]);

        var first = _model.Requests.First();
        Assert.Equal(["system", "user"], first.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        Assert.True(first.GetProperty("stream").GetBoolean());
        Assert.Equal("read_file", first.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal(0.5, first.GetProperty("temperature").GetDouble(), 3);
        var second = _model.Requests.Last().GetProperty("messages");
        Assert.Equal(["system", "user", "assistant", "tool", "tool"], second.EnumerateArray().Select(message => message.GetProperty("role").GetString()));
        Assert.Equal("m0-1", second[2].GetProperty("tool_calls")[1].GetProperty("id").GetString());
        Assert.Equal("m0-0", second[3].GetProperty("tool_call_id").GetString());
    }

    [Theory]
    [InlineData(429, "2", 2.0)]
    [InlineData(503, null, 0.5)]
    [InlineData(500, "garbage", 0.5)]
    [InlineData(429, "-5", 0.5)]
    public async Task Call_ProviderIsBusy_IsTriedAgainWhenItSays(int status, string? retryAfter, double seconds)
    {
        _model.ThenStatus(status, retryAfter);
        var failure = await FailAsync();
        Assert.Equal(TimeSpan.FromSeconds(seconds), failure.RetryIn);
        Assert.Contains($"answered {status}", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    public async Task Call_ProviderRefuses_IsFinal(int status)
    {
        _model.ThenStatus(status);
        var failure = await FailAsync();
        Assert.Null(failure.RetryIn);
        Assert.Contains("slow down", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ConnectionBreaksInTheMiddle_IsTriedAgainAndSuperseded()
    {
        _model.ThenBreak(ModelDouble.Text("Half a ")).Then(ModelDouble.Text("Whole."), ModelDouble.Stop(), "[DONE]");
        var (task, driver) = await StartAsync();
        var step = _world.Get<ModelStep>();
        var request = new ModelRequest(0, 1, driver.State.Definition);
        var failure = await Assert.ThrowsAsync<StepException>(() => step.RunAsync(request, new CallContext { TaskId = task, Attempt = 1 }, CancellationToken.None));
        Assert.NotNull(failure.RetryIn);
        await step.RunAsync(request, new CallContext { TaskId = task, Attempt = 2 }, CancellationToken.None);
        Assert.Equal(["user: go", "agent: Whole."], await _world.MessagesAsync(task));
        var updates = (await _world.StreamAsync(task)).Where(update => update.CallId == "m0").ToList();
        Assert.Contains(updates, update => update.Attempt == 1 && update.Update.GetRawText().Contains("Half a ", StringComparison.Ordinal));
        Assert.Equal("done", updates[^1].Update.GetProperty("type").GetString());
        Assert.Equal(2, updates[^1].Attempt);
    }

    [Theory]
    [InlineData("[DONE]")]
    [InlineData("{\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}")]
    public async Task Call_StreamEndsWithoutFinish_IsNoAnswer(string last)
    {
        _model.Then(ModelDouble.Text("Half"), last);
        Assert.Contains("broke off", (await FailAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"id\":\"c\",\"choices\":[{\"del")]
    [InlineData("not json")]
    [InlineData("{\"choices\":42}")]
    [InlineData("<html>Bad gateway</html>")]
    public async Task Call_ChunkIsMalformed_IsTriedAgain(string chunk)
    {
        _model.Then(ModelDouble.Text("a"), chunk, ModelDouble.Stop(), "[DONE]");
        Assert.NotNull((await FailAsync()).RetryIn);
    }

    [Fact]
    public async Task Call_ModelFallsSilent_IsTriedAgain()
    {
        _model.ThenSilence(ModelDouble.Text("Well"));
        var failure = await FailAsync(Definition.Replace(":30", ":0.5", StringComparison.Ordinal));
        Assert.NotNull(failure.RetryIn);
        Assert.Contains("silent for 0.5 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_FailuresBeyondTheLimit_AreFinalAndPartialTextStays()
    {
        _model.ThenBreak(ModelDouble.Text("one")).ThenBreak(ModelDouble.Text("two")).ThenBreak(ModelDouble.Text("three"));
        var (task, driver) = await StartAsync();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var context = new CallContext { TaskId = task, Attempt = attempt };
            var failure = await Assert.ThrowsAsync<StepException>(() => _world.Get<ModelStep>().RunAsync(new ModelRequest(0, 1, driver.State.Definition), context, CancellationToken.None));
            Assert.Equal(attempt == 3, failure.RetryIn is null);
        }

        Assert.Equal(["user: go", "agent: three"], await _world.MessagesAsync(task));
    }

    [Fact]
    public async Task Call_StoredResult_IsNeverPaidForAgain()
    {
        _model.Then(ModelDouble.Text("Once."), ModelDouble.Stop(), "[DONE]");
        var (task, driver) = await StartAsync();
        var request = new ModelRequest(0, 1, driver.State.Definition);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await _world.Get<ModelStep>().RunAsync(request, new CallContext { TaskId = task, Attempt = attempt }, CancellationToken.None);
        }

        Assert.Single(_model.Requests);
    }

    [Fact]
    public async Task Call_CrashBeforeViewersWereTold_ShowsTheStoredResultWithTheNewAttempt()
    {
        _model.Then(ModelDouble.Text("Once."), ModelDouble.Stop(), "[DONE]");
        var (task, driver) = await StartAsync();
        var request = new ModelRequest(0, 1, driver.State.Definition);
        await _world.Get<ModelStep>().RunAsync(request, new CallContext { TaskId = task, Attempt = 1 }, CancellationToken.None);
        await _world.ExecuteAsync("update model_calls set shown_attempt = 0 where task_id = $1", task);
        await _world.ExecuteAsync("delete from task_stream where task_id = $1 and call_id = 'm0' and update like '%\"done\"%'", task);
        await _world.Get<ModelStep>().RunAsync(request, new CallContext { TaskId = task, Attempt = 2 }, CancellationToken.None);
        var last = (await _world.StreamAsync(task))[^1];
        Assert.Equal(("m0", 2, "full"), (last.CallId, last.Attempt, last.Update.GetProperty("type").GetString()));
        Assert.Single(_model.Requests);
    }

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
