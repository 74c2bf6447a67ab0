using System.Diagnostics;
using System.Globalization;
using Agents.Durable.Agent.Tests.React;
using Agents.Durable.Agent.Tests.Steps;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Data.Definitions;

namespace Agents.Durable.Agent.Tests.Mcp;

/// <summary>Servers that do not let go of a session, or of their process: the session ends all the same, and the next one begins.</summary>
public sealed class StuckServerTests(DatabaseFixture database) : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Http_EndOfALostSessionIsNotAnswered_TheNextCallIsMadeInAnother()
    {
        await using var server = await HttpDouble.StartAsync(clings: true);
        await using var world = new AgentWorld(database, null, ("Agents:ConnectionTries", "1"));
        var (task, driver) = await StartAsync(world, """[{"tool_calls":[{"name":"act"}]},{"tool_calls":[{"name":"act"}]},{"text":"ok"}]""", server.ThenRefuse(404).Entry);
        await driver.ModelAsync().WaitAsync(DatabaseFixture.Patience);
        await driver.ModelAsync().WaitAsync(DatabaseFixture.Patience);
        Assert.Contains("response m1-0: acted", await world.MessagesAsync(task));
        Assert.Equal(2, server.Sessions);
        // Nor does its end stay under way for ever.
        await RunningAgent.UntilAsync("the end of the session to be given up", () => Task.FromResult(server.Abandoned == 1));
        server.Clings = false;
    }

    [Theory]
    [InlineData("notifications/initialized")]
    [InlineData("tools/list")]
    public async Task Http_RefusesInTheMiddleOfItsStart_ItsSessionIsEndedAndTheNextOneBegins(string method)
    {
        await using var server = await HttpDouble.StartAsync(clings: true);
        await using var world = new AgentWorld(database, null, ("Mcp:Servers:double:Url", server.Url));
        server.Refused = method;
        var failure = await Assert.ThrowsAsync<ToolException>(() => BindAsync(world, "double").WaitAsync(DatabaseFixture.Patience));
        Assert.StartsWith("The MCP server 'double' cannot be reached", failure.Message, StringComparison.Ordinal);
        await RunningAgent.UntilAsync("the end of the session to be given up", () => Task.FromResult(server.Abandoned == 1));
        server.Refused = null;
        Assert.Contains("act", await BindAsync(world, "double").WaitAsync(DatabaseFixture.Patience));
        server.Clings = false;
    }

    [Fact]
    public async Task Stdio_IgnoresTheEndOfItsInput_ItsProcessIsEnded()
    {
        await using (var world = World("--stubborn"))
        {
            await BindAsync(world, "mute");
        }

        await GoneAsync();
    }

    [Fact]
    public async Task Stdio_RefusesToSayItsTools_ItsProcessIsEnded()
    {
        await using var world = World("--secret");
        var failure = await Assert.ThrowsAsync<ToolException>(() => BindAsync(world, "mute").WaitAsync(DatabaseFixture.Patience));
        Assert.StartsWith("The MCP server 'mute' cannot be started", failure.Message, StringComparison.Ordinal);
        await GoneAsync();
    }

    private AgentWorld World(string option) => new(
        database, null, ("Mcp:Servers:mute:Command", "node"), ("Mcp:Servers:mute:Args:0", Path.Combine(AppContext.BaseDirectory, "Mcp", "faulty-server.mjs")),
        ("Mcp:Servers:mute:Args:1", option), ("Mcp:Servers:mute:Args:2", $"--pid={_file}"));

    private Task GoneAsync() => RunningAgent.UntilAsync("the server's process to be gone", () =>
    {
        try
        {
            using var process = Process.GetProcessById(int.Parse(File.ReadAllText(_file), CultureInfo.InvariantCulture));
            return Task.FromResult(process.HasExited);
        }
        catch (ArgumentException)
        {
            return Task.FromResult(true);
        }
    });

    private static async Task<IEnumerable<string>> BindAsync(AgentWorld world, string server) => (await world.Get<ToolCatalog>().BindAsync(
        new ReactDefinition { Model = new ModelDefinition("scripted", "", default), Tools = [new ToolEntry { Mcp = new McpServerEntry { Name = server } }] }, CancellationToken.None)).Keys;

    private static async Task<(string Task, LoopDriver Driver)> StartAsync(AgentWorld world, string script, string tool)
    {
        var task = await world.TaskAsync(AgentWorld.Scripted(script, $"[{tool}]"));
        await world.MailAsync(task, "go");
        var driver = new LoopDriver(world, task);
        await driver.MailAsync(resume: true);
        return (task, driver);
    }
}
