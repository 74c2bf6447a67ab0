using Agents.Durable.Agent.Tests.Steps;

namespace Agents.Durable.Agent.Tests.Mcp;

/// <summary>
/// Calls of an unsafe tool over HTTP that went wrong: one that the server certainly did not take up is made again, one that it may have is put to a person.
/// </summary>
public sealed class LostSessionTests(DatabaseFixture database)
{
    private const string Once = """[{"tool_calls":[{"name":"act"}]},{"text":"ok"}]""";

    [Theory]
    [InlineData(404)]
    [InlineData(400)]
    public async Task Refused_SessionIsNotKnown_IsMadeInAnother(int status)
    {
        await using var server = await HttpDouble.StartAsync();
        await using var world = new AgentWorld(database);
        var (task, driver) = await StartAsync(world, server.ThenRefuse(status), Once);
        await driver.ModelAsync();
        Assert.False(driver.Tools.Single().Ask);
        Assert.Contains("response m0-0: acted", await world.MessagesAsync(task));
        Assert.Equal((1, 2), (server.Acts.Count, server.Sessions));
    }

    [Fact]
    public async Task Restarted_BetweenCallsOfSeveral_EachIsMadeOnceInOneNewSession()
    {
        await using var server = await HttpDouble.StartAsync();
        await using var world = new AgentWorld(database);
        var many = string.Join(',', Enumerable.Repeat("""{"name":"act"}""", 5));
        var (task, driver) = await StartAsync(world, server, $$"""[{"tool_calls":[{"name":"act"}]},{"tool_calls":[{{many}}]},{"text":"ok"}]""");
        await driver.ModelAsync();
        server.Forget();
        await driver.ModelAsync();
        Assert.All(driver.Tools, facts => Assert.False(facts.Ask));
        Assert.Equal(6, (await world.MessagesAsync(task)).Count(line => line.EndsWith(": acted", StringComparison.Ordinal)));
        Assert.Equal(6, server.Acts.Distinct().Count());
        Assert.Equal((6, 2), (server.Acts.Count, server.Sessions));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(403)]
    public async Task Refused_Always_ModelIsToldThatNothingHappened(int status)
    {
        await using var server = await HttpDouble.StartAsync();
        await using var world = new AgentWorld(database);
        var (task, driver) = await StartAsync(world, server.ThenRefuse(status).ThenRefuse(status).ThenRefuse(status), Once);
        await driver.ModelAsync();
        Assert.False(driver.Tools.Single().Ask);
        Assert.Contains(await world.MessagesAsync(task), line =>
            line.StartsWith("response m0-0 error: The MCP server 'double' refused act", StringComparison.Ordinal) && !line.Contains("not known", StringComparison.Ordinal));
        Assert.Empty(server.Acts);
    }

    [Theory]
    [InlineData("before the answer")]
    [InlineData("in the answer")]
    [InlineData("status 503")]
    public async Task Broken_InTheMiddleOfTheCall_APersonIsAsked(string when)
    {
        await using var server = await HttpDouble.StartAsync();
        await using var world = new AgentWorld(database);
        var prepared = when switch
        {
            "before the answer" => server.ThenActAndBreak(),
            "in the answer" => server.ThenActBeginAndBreak(),
            _ => server.ThenRefuse(503),
        };
        var (task, driver) = await StartAsync(world, prepared, Once);
        await driver.ModelAsync();
        Assert.True(driver.Tools.Single().Ask);
        Assert.Contains(await world.MessagesAsync(task), line => line.Contains("MCP server 'double' failed during act", StringComparison.Ordinal));
        Assert.Equal(1, server.Sessions);
    }

    [Fact]
    public async Task Broken_CallThatMayBeRepeated_IsMadeAgain()
    {
        await using var server = await HttpDouble.StartAsync();
        await using var world = new AgentWorld(database);
        var entry = server.ThenActAndBreak().Entry.Replace("}}", "},\"effect\":\"idempotent\"}", StringComparison.Ordinal);
        var (task, driver) = await StartAsync(world, entry, Once);
        await Assert.ThrowsAsync<Agents.Durable.Agent.Steps.StepException>(driver.ModelAsync);
        await driver.ToolAsync(new(0, 0, 1, driver.State.Definition));
        Assert.Contains("response m0-0: acted", await world.MessagesAsync(task));
        Assert.Single(server.Acts.Distinct());
        Assert.Equal(2, server.Acts.Count);
    }

    [Fact]
    public async Task Restarted_WhileAnotherCallIsOut_OnlyTheRefusedOneIsMadeAgain()
    {
        await using var server = await HttpDouble.StartAsync();
        await using var world = new AgentWorld(database);
        var acted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (first, one) = await StartAsync(world, server.ThenActAndWait(acted, release.Task), Once);
        var (second, two) = await StartAsync(world, server, Once);
        var hanging = one.ModelAsync();
        await acted.Task.WaitAsync(DatabaseFixture.Patience);
        server.Forget();
        await two.ModelAsync();
        release.SetResult();
        await hanging.WaitAsync(DatabaseFixture.Patience);
        Assert.True(one.Tools.Single().Ask);
        Assert.Contains("response m0-0: acted", await world.MessagesAsync(second));
        Assert.DoesNotContain("response m0-0: acted", await world.MessagesAsync(first));
        Assert.Equal((2, 2), (server.Acts.Distinct().Count(), server.Acts.Count));
    }

    private static Task<(string Task, LoopDriver Driver)> StartAsync(AgentWorld world, HttpDouble server, string script) => StartAsync(world, server.Entry, script);

    private static async Task<(string Task, LoopDriver Driver)> StartAsync(AgentWorld world, string tool, string script)
    {
        var task = await world.TaskAsync(AgentWorld.Scripted(script, $"[{tool}]"));
        await world.MailAsync(task, "go");
        var driver = new LoopDriver(world, task);
        await driver.MailAsync(resume: true);
        return (task, driver);
    }
}
