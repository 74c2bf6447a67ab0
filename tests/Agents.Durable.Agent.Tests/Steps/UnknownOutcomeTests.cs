using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Steps;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Effects;
using Agents.Durable.Data.Transcripts;
using Microsoft.Extensions.DependencyInjection;

namespace Agents.Durable.Agent.Tests.Steps;

/// <summary>Calls whose first try was lost between intent and result.</summary>
public sealed class UnknownOutcomeTests(DatabaseFixture database)
{
    [Theory]
    [InlineData(Effect.Pure, false, UnknownPolicy.Ask, null, nameof(Recovery.Rerun))]
    [InlineData(Effect.Idempotent, false, UnknownPolicy.Fail, null, nameof(Recovery.Rerun))]
    [InlineData(Effect.Transactional, false, UnknownPolicy.Ask, null, nameof(Recovery.Rerun))]
    [InlineData(Effect.Verifiable, true, UnknownPolicy.Ask, null, nameof(Recovery.Probe))]
    [InlineData(Effect.Verifiable, false, UnknownPolicy.Ask, null, nameof(Recovery.Ask))]
    [InlineData(Effect.Unsafe, false, UnknownPolicy.Ask, null, nameof(Recovery.Ask))]
    [InlineData(Effect.Unsafe, false, UnknownPolicy.Retry, null, nameof(Recovery.Rerun))]
    [InlineData(Effect.Unsafe, false, UnknownPolicy.Fail, null, nameof(Recovery.GiveUp))]
    [InlineData(Effect.Unsafe, false, UnknownPolicy.Ask, Decision.Retry, nameof(Recovery.RerunAsDecided))]
    [InlineData(Effect.Unsafe, false, UnknownPolicy.Ask, Decision.Skip, nameof(Recovery.GiveUp))]
    public void Decide_EffectAndPolicy_Recovery(Effect effect, bool canProbe, UnknownPolicy policy, Decision? decision, string recovery) =>
        Assert.Equal(recovery, UnknownOutcome.Decide(effect, canProbe, policy, decision).ToString());

    [Fact]
    public async Task Edit_HappenedBeforeTheCrash_IsNotMadeTwice()
    {
        await using var world = new AgentWorld(database);
        var (task, request, file) = await EditAsync(world);
        await world.Get<EffectLedger>().BeginAsync(Intent(task, "edit_file", Effect.Verifiable, plan: $"{Hash("a")} {Hash("aa")}"), CancellationToken.None);
        await File.WriteAllTextAsync(file, "aa", TestContext.Current.CancellationToken);
        await new LoopDriver(world, task, times: 2).ToolAsync(request);
        Assert.Equal("aa", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Contains("response m0-0: Edited f.txt.", await world.MessagesAsync(task));
    }

    [Fact]
    public async Task Edit_DidNotHappenBeforeTheCrash_IsMade()
    {
        await using var world = new AgentWorld(database);
        var (task, request, file) = await EditAsync(world);
        await world.Get<EffectLedger>().BeginAsync(Intent(task, "edit_file", Effect.Verifiable, plan: $"{Hash("a")} {Hash("aa")}"), CancellationToken.None);
        await new LoopDriver(world, task, times: 2).ToolAsync(request);
        Assert.Equal("aa", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Edit_FileChangedByOthers_AsksAPerson()
    {
        await using var world = new AgentWorld(database);
        var (task, request, file) = await EditAsync(world);
        await world.Get<EffectLedger>().BeginAsync(Intent(task, "edit_file", Effect.Verifiable, plan: $"{Hash("a")} {Hash("aa")}"), CancellationToken.None);
        await File.WriteAllTextAsync(file, "something else", TestContext.Current.CancellationToken);
        Assert.True((await new LoopDriver(world, task).ToolAsync(request)).Ask);
    }

    [Theory]
    [InlineData("retry", 1, "response m0-0: launched")]
    [InlineData("no, leave it", 0, "response m0-0 error: It is not known whether this call took effect (the worker was lost while it ran). It was not made again.")]
    public async Task Unsafe_Unknown_APersonDecides(string answer, int launches, string response)
    {
        await using var world = new AgentWorld(database, services => services.AddSingleton<Rocket>().AddAgentTools<Rocket>());
        var (task, request) = await CalledAsync(world, """[{"tool_calls":[{"name":"launch"}]}]""", """["launch"]""");
        await world.Get<EffectLedger>().BeginAsync(Intent(task, "launch", Effect.Unsafe), CancellationToken.None);
        var driver = new LoopDriver(world, task, times: 2);
        Assert.True((await driver.ToolAsync(request)).Ask);
        Assert.Contains(await world.MessagesAsync(task), line => line.StartsWith("data: ", StringComparison.Ordinal) && line.Contains("m0-0", StringComparison.Ordinal));
        Assert.Equal(0, world.Get<Rocket>().Launches);

        await world.MailAsync(task, answer);
        var facts = await world.Get<MailStep>().RunAsync(new MailRequest(1, 3, false), new CallContext { TaskId = task, Attempt = 1 }, CancellationToken.None);
        Assert.Equal(1, facts.Decided);
        await driver.ToolAsync(request);
        Assert.Equal(launches, world.Get<Rocket>().Launches);
        Assert.Contains(response, await world.MessagesAsync(task));
    }

    [Fact]
    public async Task Unsafe_DecisionForThisCall_IsNoMessageToTheModel()
    {
        await using var world = new AgentWorld(database, services => services.AddSingleton<Rocket>().AddAgentTools<Rocket>());
        var (task, request) = await CalledAsync(world, """[{"tool_calls":[{"name":"launch"}]}]""", """["launch"]""");
        await world.Get<EffectLedger>().BeginAsync(Intent(task, "launch", Effect.Unsafe), CancellationToken.None);
        var driver = new LoopDriver(world, task);
        await driver.ToolAsync(request);
        var data = new DataContent { Author = MessageAuthor.User, Data = Wire.Element("""{"tool_call_id":"m0-0","decision":"retry"}""") };
        await world.MailContentAsync(task, Wire.ToJson<MessageContent>(data));
        var facts = await world.Get<MailStep>().RunAsync(new MailRequest(1, 3, false), new CallContext { TaskId = task, Attempt = 1 }, CancellationToken.None);
        Assert.Equal((1, 3), (facts.Decided, facts.Head));
        await driver.ToolAsync(request);
        Assert.Equal(1, world.Get<Rocket>().Launches);
    }

    [Fact]
    public async Task Unsafe_CrashAfterDecidedRetry_AsksAgain()
    {
        await using var world = new AgentWorld(database, services => services.AddSingleton<Rocket>().AddAgentTools<Rocket>());
        var (task, request) = await CalledAsync(world, """[{"tool_calls":[{"name":"launch"}]}]""", """["launch"]""");
        var ledger = world.Get<EffectLedger>();
        await ledger.BeginAsync(Intent(task, "launch", Effect.Unsafe), CancellationToken.None);
        var driver = new LoopDriver(world, task);
        await driver.ToolAsync(request);
        await world.MailAsync(task, "yes");
        await world.Get<MailStep>().RunAsync(new MailRequest(1, 3, false), new CallContext { TaskId = task, Attempt = 1 }, CancellationToken.None);
        Assert.True(await ledger.UseRetryAsync(task, "m0-0", CancellationToken.None));
        Assert.True((await driver.ToolAsync(request)).Ask);
        Assert.Equal(0, world.Get<Rocket>().Launches);
    }

    private static async Task<(string Task, ToolRequest Request, string File)> EditAsync(AgentWorld world)
    {
        var (task, request) = await CalledAsync(world, """[{"tool_calls":[{"name":"edit_file","arguments":{"path":"f.txt","find":"a","replace":"aa"}}]}]""", """["workspace"]""");
        var file = Path.Combine(Directory.CreateDirectory(world.WorkspaceOf(task)).FullName, "f.txt");
        await File.WriteAllTextAsync(file, "a");
        return (task, request, file);
    }

    /// <summary>A task whose model has asked for a tool, and nothing was called yet.</summary>
    private static async Task<(string Task, ToolRequest Request)> CalledAsync(AgentWorld world, string script, string tools)
    {
        var task = await world.TaskAsync(AgentWorld.Scripted(script, tools));
        await world.MailAsync(task, "go");
        var driver = new LoopDriver(world, task);
        await driver.MailAsync(resume: true);
        await world.Get<ModelStep>().RunAsync(new ModelRequest(0, 1, driver.State.Definition), new CallContext { TaskId = task, Attempt = 1 }, CancellationToken.None);
        return (task, new ToolRequest(0, 0, 1, driver.State.Definition));
    }

    private static EffectIntent Intent(string task, string tool, Effect effect, string? plan = null) =>
        new() { TaskId = task, CallId = "m0-0", Tool = tool, Effect = effect, Attempt = 1, Plan = plan };

    private static string Hash(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    internal sealed class Rocket
    {
        private int _launches;

        public int Launches => _launches;

        [AgentTool("launch")]
        public string Launch()
        {
            Interlocked.Increment(ref _launches);
            return "launched";
        }
    }
}
