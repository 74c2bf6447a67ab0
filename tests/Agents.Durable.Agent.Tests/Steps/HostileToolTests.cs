using System.Text.Json;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Steps;
using Agents.Durable.Agent.Tools;
using Agents.Durable.Contracts;
using Agents.Durable.Contracts.Messages;
using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Effects;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Agents.Durable.Agent.Tests.Steps;

/// <summary>Tools and arguments that nobody would write on purpose: the model is told, and no step fails, for a step that fails is made again for ever.</summary>
public sealed class HostileToolTests(DatabaseFixture database)
{
    [Theory]
    [InlineData("cut_in_a_pair", "response m0-0: xxx", "… cut off")]
    [InlineData("half_a_pair", "response m0-0: a\uFFFDb", "b")]
    [InlineData("own_statement", "response m0-0 error: own_statement failed: 42P01", "POSITION: 15")]
    public async Task Call_ToolMisbehaves_ModelIsToldAndGoesOn(string tool, string begin, string end)
    {
        await using var world = World();
        var answer = await ResponseAsync(world, $$"""{"name":"{{tool}}"}""", $$"""["{{tool}}"]""");
        Assert.StartsWith(begin, answer, StringComparison.Ordinal);
        Assert.EndsWith(end, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ToolsDoNotHeedTheEndOfTheirTime_ModelIsToldAndGoesOn()
    {
        await using var world = World();
        var task = await world.TaskAsync(AgentWorld.Scripted(
            """[{"tool_calls":[{"name":"deaf"},{"name":"blocking"}]},{"text":"I see."}]""", """[{"name":"deaf","timeout_seconds":0.05},{"name":"blocking","timeout_seconds":0.05}]"""));
        await world.MailAsync(task, "go");
        await new LoopDriver(world, task).TurnAsync(resume: true);
        var messages = await world.MessagesAsync(task);
        Assert.Contains("response m0-0 error: deaf did not finish within 0.05 s. Whether it had an effect is not known.", messages);
        Assert.Contains("response m0-1 error: blocking did not finish within 0.05 s. Whether it had an effect is not known.", messages);
        Assert.Equal("agent: I see.", messages[^1]);
    }

    [Theory]
    [InlineData("""{"path":"\\ud800"}""", "There is no file")]
    [InlineData("""{"path":"a","find":"\\udc00x","replace":""}""", "There is no file", "edit_file")]
    [InlineData("""{"path":"a","\\ud83d":1}""", "There is no file")]
    [InlineData("""{"path":"\\ud83d\\ude00"}""", "There is no file '😀'")]
    [InlineData("""{"path":"a\\\\ud800"}""", "There is no file 'a\\ud800'")]
    [InlineData("""{"path":"\\ud800""", "not valid JSON")]
    [InlineData("""{"path":"\\ud8""", "not valid JSON")]
    [InlineData("null", "must be an object, not null")]
    [InlineData("[]", "must be an object, not array")]
    public async Task Call_ArgumentsAreOdd_ModelIsToldAndGoesOn(string arguments, string message, string tool = "read_file")
    {
        await using var world = World();
        Assert.Contains(message, await ResponseAsync(world, $$"""{"name":"{{tool}}","arguments":"{{arguments.Replace("\"", "\\\"", StringComparison.Ordinal)}}"}""", """["workspace"]"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ArgumentsAreAsDeepAsJsonGoes_CanBeShownInAPageOfMessages()
    {
        await using var world = World();
        var deep = $$"""{"path":{{new string('[', 62)}}{{new string(']', 62)}}}""";
        Assert.Contains("'path' must be string, not array", await ResponseAsync(world, $$"""{"name":"read_file","arguments":{{JsonSerializer.Serialize(deep)}} }""", """["workspace"]"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"object","required":[7]}""")]
    [InlineData("""{"type":"object","properties":{"a":{"minLength":"x"}}}""")]
    [InlineData("""{"type":["object",7]}""")]
    public async Task Call_SchemaIsNonsense_ModelIsToldAndGoesOn(string schema)
    {
        await using var world = World(new Odd("odd", schema));
        var answer = await ResponseAsync(world, """{"name":"odd","arguments":{"a":"b"}}""", """["odd"]""");
        Assert.True(answer == "response m0-0: done" || answer.Contains("The schema of odd cannot be used", StringComparison.Ordinal), answer);
    }

    [Fact]
    public async Task Bind_NamesThatProvidersRefuse_AreMadeOnesThatTheyTake()
    {
        await using var world = World(new Odd("a.b/c", """{"type":"object"}"""));
        var definition = new ReactDefinition { Model = new ModelDefinition("scripted", "", default), Tools = [new ToolEntry { Name = "a.b/c" }] };
        Assert.Equal(["a_b_c"], (await world.Get<ToolCatalog>().BindAsync(definition, CancellationToken.None)).Keys);
        Assert.Equal("response m0-0: done", await ResponseAsync(world, """{"name":"a.b/c"}""", """["a.b/c"]"""));
        Assert.Equal("response m0-0: done", await ResponseAsync(world, """{"name":"a_b_c"}""", """["a.b/c"]"""));
    }

    private static async Task<string> ResponseAsync(AgentWorld world, string call, string tools)
    {
        var task = await world.TaskAsync(AgentWorld.Scripted($$"""[{"tool_calls":[{{call}}]},{"text":"I see."}]""", tools));
        await world.MailAsync(task, "go");
        await new LoopDriver(world, task, times: 2).TurnAsync(resume: true);
        var messages = await world.MessagesAsync(task);
        Assert.Equal("agent: I see.", messages[^1]);
        Assert.All(await world.StreamAsync(task), update => Assert.NotEqual(JsonValueKind.Undefined, update.Update.ValueKind));
        return messages.Single(line => line.StartsWith("response", StringComparison.Ordinal));
    }

    private AgentWorld World(params Odd[] odd) => new(database, services =>
    {
        services.AddSingleton<IToolSource>(new OddTools(odd));
        services.AddAgentTools<Misbehaving>();
    });

    internal sealed class Misbehaving(NpgsqlDataSource database)
    {
        [AgentTool("cut_in_a_pair", Effect = Effect.Pure)]
        public static string CutInAPair() => new string('x', 199_999) + "😀";

        [AgentTool("half_a_pair", Effect = Effect.Pure)]
        public static string HalfAPair() => "a\ud83db";

        [AgentTool("own_statement")]
        public async Task<string> OwnStatementAsync()
        {
            await using var command = database.CreateCommand("select * from no_such_table");
            await command.ExecuteNonQueryAsync();
            return "never";
        }

        [AgentTool("deaf")]
        public static Task<string> DeafAsync() => new TaskCompletionSource<string>().Task;

        [AgentTool("blocking")]
        public static string Blocking()
        {
            using var never = new ManualResetEventSlim();
            never.Wait(TimeSpan.FromSeconds(10));
            return "too late";
        }
    }

    private sealed class Odd(string name, string schema) : ITool
    {
        public ToolSpec Spec { get; } = new() { Name = name, Schema = JsonDocument.Parse(schema).RootElement, Effect = Effect.Pure };

        public Task<ToolResult> InvokeAsync(ToolCall call, CancellationToken cancellationToken) => Task.FromResult(new ToolResult("done"));
    }

    private sealed class OddTools(IReadOnlyList<Odd> tools) : IToolSource
    {
        public IEnumerable<string> Names => tools.Select(tool => tool.Spec.Name);

        public ValueTask<IReadOnlyList<ITool>?> FindAsync(ToolEntry entry, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<ITool>?>(tools.Where(tool => tool.Spec.Name == entry.Name).ToArray<ITool>() is { Length: > 0 } found ? found : null);
    }
}
