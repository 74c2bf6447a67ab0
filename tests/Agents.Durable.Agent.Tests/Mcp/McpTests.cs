using System.Text.Json;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Steps;
using Agents.Durable.Agent.Tests.Steps;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Data.Definitions;

namespace Agents.Durable.Agent.Tests.Mcp;

public sealed class McpTests(DatabaseFixture database)
{
    [Fact]
    public async Task Everything_ToolsOfTheReferenceServer_CanBeCalled()
    {
        await using var world = new AgentWorld(database);
        var task = await RunAsync(world, """[{"tool_calls":[{"name":"echo","arguments":{"message":"hi"}},{"name":"get-sum","arguments":{"a":2,"b":3}},{"name":"echo","arguments":{}}]},{"text":"ok"}]""", EverythingServer.Entry);
        var messages = await world.MessagesAsync(task);
        Assert.Contains("response m0-0: Echo: hi", messages);
        Assert.Contains(messages, line => line.StartsWith("response m0-1: ", StringComparison.Ordinal) && line.Contains('5', StringComparison.Ordinal));
        Assert.Contains("response m0-2 error: The arguments of echo do not fit: 'message' is missing.", messages);
    }

    [Fact]
    public async Task Faulty_RefusesACall_ModelReadsIt()
    {
        await using var world = new AgentWorld(database);
        var task = await RunAsync(world, """[{"tool_calls":[{"name":"fail"}]},{"text":"ok"}]""", EverythingServer.Faulty());
        Assert.Contains(await world.MessagesAsync(task), line => line.StartsWith("response m0-0 error: fail: ", StringComparison.Ordinal) && line.Contains("on purpose", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Faulty_AnswersPictures_ModelIsToldOfThemAndReadsTheRest()
    {
        await using var world = new AgentWorld(database);
        var task = await RunAsync(world, """[{"tool_calls":[{"name":"picture"}]},{"text":"ok"}]""", EverythingServer.Faulty());
        Assert.Contains(
            "response m0-0: [an image, image/png, that cannot be shown here]\nits caption\n[the resource a://c, x/y, that cannot be shown here]", await world.MessagesAsync(task));
    }

    [Fact]
    public async Task Faulty_AnswersWhatIsNoResult_ModelIsToldAndTheServerStays()
    {
        await using var world = new AgentWorld(database);
        var script = """[{"tool_calls":[{"name":"echo","arguments":{"text":"a"}}]},{"tool_calls":[{"name":"garbage"}]},{"tool_calls":[{"name":"echo","arguments":{"text":"a"}}]},{"text":"ok"}]""";
        var messages = await world.MessagesAsync(await RunAsync(world, script, EverythingServer.Faulty()));
        Assert.Contains(messages, line => line.StartsWith("response m1-0 error: garbage answered what is no result of a tool", StringComparison.Ordinal));
        Assert.Equal(messages.Single(line => line.StartsWith("response m0-0: ", StringComparison.Ordinal))[15..], messages.Single(line => line.StartsWith("response m2-0: ", StringComparison.Ordinal))[15..]);
    }

    [Fact]
    public async Task Faulty_HasAnotherToolThanBefore_ItIsOfferedAndCalled()
    {
        await using var world = new AgentWorld(database);
        var task = await RunAsync(
            world, """[{"tool_calls":[{"name":"grow"}]},{"tool_calls":[{"name":"grown","arguments":{"text":"tall"}}]},{"text":"ok"}]""", EverythingServer.Faulty());
        Assert.Contains(await world.MessagesAsync(task), line => line.StartsWith("response m1-0: echo tall", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Faulty_DiesDuringAnUnsafeCall_APersonIsAskedAndTheServerComesBack()
    {
        await using var world = new AgentWorld(database);
        var (task, driver) = await StartAsync(world, """[{"tool_calls":[{"name":"die"}]}]""", EverythingServer.Faulty());
        await driver.ModelAsync();
        Assert.True(driver.Tools.Single().Ask);
        Assert.Contains(await world.MessagesAsync(task), line => line.Contains("MCP server 'faulty' died", StringComparison.Ordinal));
        var other = await RunAsync(world, """[{"tool_calls":[{"name":"echo","arguments":{"text":"again"}}]},{"text":"ok"}]""", EverythingServer.Faulty());
        Assert.Contains(await world.MessagesAsync(other), line => line.StartsWith("response m0-0: echo again from", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Faulty_DiesDuringACallThatMayBeRepeated_IsTriedAgainThenReported()
    {
        await using var world = new AgentWorld(database);
        var (task, driver) = await StartAsync(world, """[{"tool_calls":[{"name":"die_safely"}]}]""", EverythingServer.Faulty());
        var step = world.Get<ToolStep>();
        await world.Get<ModelStep>().RunAsync(new ModelRequest(0, 1, driver.State.Definition), new CallContext { TaskId = task, Attempt = 1 }, CancellationToken.None);
        var request = new ToolRequest(0, 0, 1, driver.State.Definition);
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var context = new CallContext { TaskId = task, Attempt = attempt };
            Assert.NotNull((await Assert.ThrowsAsync<StepException>(() => step.RunAsync(request, context, CancellationToken.None))).RetryIn);
        }

        await step.RunAsync(request, new CallContext { TaskId = task, Attempt = 3 }, CancellationToken.None);
        Assert.Contains(await world.MessagesAsync(task), line => line.StartsWith("response m0-0 error: The MCP server 'faulty' died", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Faulty_Hangs_EndsWithItsTimeAndTheServerIsReplaced()
    {
        await using var world = new AgentWorld(database);
        var task = await RunAsync(world, """[{"tool_calls":[{"name":"hang"}]},{"tool_calls":[{"name":"echo","arguments":{"text":"alive"}}]},{"text":"ok"}]""",
            EverythingServer.Faulty().Replace("}}", "},\"timeout_seconds\":1}", StringComparison.Ordinal));
        var messages = await world.MessagesAsync(task);
        Assert.Contains("response m0-0 error: hang did not finish within 1 s. Whether it had an effect is not known.", messages);
        Assert.Contains(messages, line => line.StartsWith("response m1-0: echo alive from", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bind_ServerDoesNotAnswer_SaysSo()
    {
        await using var world = new AgentWorld(database, null, ("Mcp:Servers:mute:Command", "node"),
            ("Mcp:Servers:mute:Args:0", Path.Combine(AppContext.BaseDirectory, "Mcp", "faulty-server.mjs")), ("Mcp:Servers:mute:Args:1", "--hang-at-start"), ("Mcp:Servers:mute:StartTimeout", "00:00:01"));
        var failure = await BindAsync(world, new McpServerEntry { Name = "mute" });
        Assert.Equal("The MCP server 'mute' cannot be started: it did not answer within 1 s", failure.Message);
    }

    [Fact]
    public async Task Bind_ProgramIsMissing_SaysSo()
    {
        await using var world = new AgentWorld(database);
        Assert.Contains("cannot be started", (await BindAsync(world, new McpServerEntry { Name = "x", Command = "/no/such/program" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bind_DefinitionsAreNotTrusted_OnlyConfiguredServersStart()
    {
        await using var world = new AgentWorld(database, null, ("Auth:Mode", "Keys"));
        Assert.Contains("configured servers only", (await BindAsync(world, new McpServerEntry { Name = "x", Command = "node" })).Message, StringComparison.Ordinal);
        Assert.Contains("is not configured", (await BindAsync(world, new McpServerEntry { Name = "x" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_OverHttp_ItsToolsRunAndItsDeathIsAnError()
    {
        await using var world = new AgentWorld(database);
        using var server = await EverythingServer.StartHttpAsync();
        var tool = JsonSerializer.Serialize(new { mcp = new { name = "everything", url = server.Url } });
        var task = await RunAsync(world, """[{"tool_calls":[{"name":"echo","arguments":{"message":"hello"}}]},{"text":"ok"}]""", tool);
        Assert.Contains("response m0-0: Echo: hello", await world.MessagesAsync(task));
        server.Kill();
        var (late, driver) = await StartAsync(world, """[{"tool_calls":[{"name":"echo","arguments":{"message":"hello"}}]},{"text":"ok"}]""", tool);
        await driver.ModelAsync();
        Assert.Contains(await world.MessagesAsync(late), line => line.StartsWith("response m0-0 error: The MCP server 'everything' ", StringComparison.Ordinal));
        var failure = await Assert.ThrowsAsync<StepException>(driver.ModelAsync);
        Assert.NotNull(failure.RetryIn);
        Assert.Contains("The MCP server 'everything' cannot be reached", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_OverHttp_RestartedBetweenCalls_TheNextOneIsMadeAndNobodyIsAsked()
    {
        await using var world = new AgentWorld(database);
        using var server = await EverythingServer.StartHttpAsync();
        var tool = JsonSerializer.Serialize(new { mcp = new { name = "everything", url = server.Url }, effect = "unsafe" });
        var (task, driver) = await StartAsync(
            world, """[{"tool_calls":[{"name":"echo","arguments":{"message":"one"}}]},{"tool_calls":[{"name":"echo","arguments":{"message":"two"}}]},{"text":"ok"}]""", tool);
        await driver.ModelAsync();
        server.Kill();
        using var again = await EverythingServer.StartHttpAsync(server.Port);
        await driver.ModelAsync();
        Assert.All(driver.Tools, facts => Assert.False(facts.Ask));
        Assert.Contains("response m1-0: Echo: two", await world.MessagesAsync(task));
    }

    [Fact]
    public async Task Bind_AddressIsNotServed_SaysSo()
    {
        await using var world = new AgentWorld(database);
        var failure = await BindAsync(world, new McpServerEntry { Name = "far", Url = "http://127.0.0.1:9/mcp" });
        Assert.StartsWith("The MCP server 'far' cannot be reached", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no http or https address", (await BindAsync(world, new McpServerEntry { Name = "far", Url = "file:///etc" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bind_PrivateAddressWithoutTrust_IsRefused()
    {
        await using var world = new AgentWorld(database, null, ("Auth:Mode", "Keys"));
        var failure = await BindAsync(world, new McpServerEntry { Name = "near", Url = "http://127.0.0.1:9/mcp" });
        Assert.Contains("cannot be reached", failure.Message, StringComparison.Ordinal);
    }

    private static Task<ToolException> BindAsync(AgentWorld world, McpServerEntry server) => Assert.ThrowsAsync<ToolException>(
        () => world.Get<ToolCatalog>().BindAsync(new ReactDefinition { Model = new ModelDefinition("scripted", "", default), Tools = [new ToolEntry { Mcp = server }] }, CancellationToken.None));

    private static async Task<string> RunAsync(AgentWorld world, string script, string tool)
    {
        var (task, driver) = await StartAsync(world, script, tool);
        while (driver.State.Open)
        {
            await driver.ModelAsync();
        }

        return task;
    }

    private static async Task<(string Task, LoopDriver Driver)> StartAsync(AgentWorld world, string script, string tool)
    {
        var task = await world.TaskAsync(AgentWorld.Scripted(script, $"[{tool}]"));
        await world.MailAsync(task, "go");
        var driver = new LoopDriver(world, task);
        await driver.MailAsync(resume: true);
        return (task, driver);
    }
}
