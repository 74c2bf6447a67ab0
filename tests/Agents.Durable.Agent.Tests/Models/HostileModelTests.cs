using System.Runtime.CompilerServices;
using System.Text.Json;
using Agents.Durable.Agent.Models;
using Agents.Durable.Agent.Runs;
using Agents.Durable.Agent.Steps;
using Agents.Durable.Agent.Tests.Steps;
using Agents.Durable.Data.Definitions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Agents.Durable.Agent.Tests.Models;

/// <summary>Answers that are hard to go on from: what is sent with the next call must be something that the provider takes.</summary>
public sealed class HostileModelTests(DatabaseFixture database)
{
    private const string Begin =
        """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":7,"output_tokens":1}}}""";

    private const string Stop = """{"type":"message_stop"}""";

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task Answer_HoldsNothing_IsNotSentBackAsAnEmptyMessage(string provider)
    {
        await using var model = await ModelDouble.StartAsync();
        await using var world = World(model);
        model.Then(provider == "openai" ? [ModelDouble.Delta("""{"role":"assistant","content":""}"""), ModelDouble.Stop(), "[DONE]"] : [Begin, End("end_turn"), Stop])
            .Then(Said(provider, "Sorry."));
        var (task, driver) = await StartAsync(world, provider);
        await driver.ModelAsync();
        await world.MailAsync(task, "Say something.");
        await driver.TurnAsync();
        Assert.Equal("agent: Sorry.", (await world.MessagesAsync(task))[^1]);
        var sent = model.Requests.Last().GetProperty("messages").EnumerateArray().ToArray();
        Assert.DoesNotContain(sent, message => message.GetProperty("role").GetString() == "assistant");
        Assert.Contains("Say something.", sent[^1].GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task Answer_CallsWhatIsNoName_IsSentBackUnderOneThatProvidersTake(string provider)
    {
        await using var model = await ModelDouble.StartAsync();
        await using var world = World(model);
        var name = "functions.read file\u00e9" + new string('x', 100);
        model.Then(Called(provider, name, "{}")).Then(Said(provider, "I see."));
        var (task, driver) = await StartAsync(world, provider);
        await driver.ModelAsync();
        await driver.ModelAsync();
        Assert.Equal("agent: I see.", (await world.MessagesAsync(task))[^1]);
        var sent = model.Requests.Last().GetProperty("messages").GetRawText();
        Assert.Contains("\"functions_read_file_x", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("\"functions.read", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai", "{\"path\": \"a")]
    [InlineData("openai", "null")]
    [InlineData("openai", "[]")]
    [InlineData("anthropic", "{\"path\": \"a")]
    [InlineData("anthropic", "null")]
    [InlineData("anthropic", "[]")]
    public async Task Answer_ArgumentsAreCutOffOrNoObject_ToolIsNotRunAndModelIsTold(string provider, string arguments)
    {
        await using var model = await ModelDouble.StartAsync();
        await using var world = World(model);
        // A tool that would run with no arguments at all.
        model.Then(Called(provider, "list_files", arguments)).Then(Said(provider, "I see."));
        var (task, driver) = await StartAsync(world, provider);
        await driver.ModelAsync();
        await driver.ModelAsync();
        var messages = await world.MessagesAsync(task);
        Assert.Equal("agent: I see.", messages[^1]);
        Assert.Contains(messages, line => line.StartsWith("response m0-0 error: The arguments of list_files", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task Refusal_NamesATimeToComeBack_IsTriedAgainThen(string provider)
    {
        await using var model = await ModelDouble.StartAsync();
        await using var world = World(model);
        model.ThenStatus(429, TimeProvider.System.GetUtcNow().AddSeconds(40).ToString("R"));
        var (task, driver) = await StartAsync(world, provider);
        var failure = await Assert.ThrowsAsync<StepException>(
            () => world.Get<ModelStep>().RunAsync(new ModelRequest(0, 1, driver.State.Definition), new CallContext { TaskId = task, Attempt = 1 }, CancellationToken.None));
        Assert.InRange(failure.RetryIn!.Value.TotalSeconds, 30, 41);
    }

    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("-5", null)]
    [InlineData("1.5", 1.5)]
    [InlineData("86400", 86400.0)]
    [InlineData("86401", null)]
    [InlineData("1e300", null)]
    [InlineData("NaN", null)]
    [InlineData("soon", null)]
    [InlineData("Mon, 01 Jan 2024 00:00:07 GMT", 7.0)]
    [InlineData("Sun, 31 Dec 2023 00:00:00 GMT", null)]
    [InlineData("Mon, 01 Jan 2029 00:00:00 GMT", null)]
    [InlineData(null, null)]
    public void RetryDelay_AnyHeader_IsReadOrLeft(string? header, double? seconds) =>
        Assert.Equal(seconds, RetryDelay.Read(header, "Mon, 01 Jan 2024 00:00:00 GMT")?.TotalSeconds);

    [Fact]
    public async Task Answer_AllCallsHaveTheSameNumber_AreToldApartByTheirIds()
    {
        await using var model = await ModelDouble.StartAsync();
        await using var world = World(model);
        model.Then(
            ModelDouble.Delta("""{"tool_calls":[{"index":0,"id":"one","type":"function","function":{"name":"list_files","arguments":"{\"path\":\"a\"}"}}]}"""),
            ModelDouble.Delta("""{"tool_calls":[{"index":0,"id":"two","type":"function","function":{"name":"list_files","arguments":"{\"pa"}}]}"""),
            ModelDouble.Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"th\":\"b\"}"}}]}"""),
            ModelDouble.Stop("tool_calls"), "[DONE]");
        var (task, driver) = await StartAsync(world, "openai");
        await driver.ModelAsync();
        var messages = await world.MessagesAsync(task);
        Assert.Contains("""request m0-0: list_files {"path": "a"}""", messages);
        Assert.Contains("""request m0-1: list_files {"path": "b"}""", messages);
    }

    [Theory]
    [InlineData("throws", "The model's provider failed: out of order")]
    [InlineData("endless", "The model's answer has more than 4000000 characters.")]
    [InlineData("nowhere", "The model's provider 'nowhere' cannot be used: no way in")]
    public async Task Client_BreaksItsContract_FailsTheCallAfterItsRetries(string provider, string message)
    {
        await using var world = new AgentWorld(database, services => services
            .AddSingleton<IModelProvider>(new Provider("throws", () => new Client(Throws))).AddSingleton<IModelProvider>(new Provider("endless", () => new Client(Endless)))
            .AddSingleton<IModelProvider>(new Provider("nowhere", () => throw new UriFormatException("no way in"))));
        var task = await world.TaskAsync($$$"""{"model":{"provider":"{{{provider}}}","name":"m"},"limits":{"model_retries":0} }""");
        await world.MailAsync(task, "go");
        var driver = new LoopDriver(world, task);
        await driver.MailAsync(resume: true);
        var failure = await Assert.ThrowsAsync<StepException>(driver.ModelAsync);
        Assert.Equal((message, null), (failure.Message, failure.RetryIn));
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Throws([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return new ChatResponseUpdate(ChatRole.Assistant, "Well, ");
        throw new InvalidOperationException("out of order");
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Endless([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, new string('a', 1_000_000));
            await Task.Yield();
        }
    }

    private static string End(string reason) => $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{reason}}}","stop_sequence":null},"usage":{"output_tokens":5}}""";

    private static string[] Said(string provider, string text) => provider == "openai"
        ? [ModelDouble.Text(text), ModelDouble.Stop(), "[DONE]"]
        :
        [
            Begin, """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""",
            $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":{{{JsonSerializer.Serialize(text)}}} } }""",
            """{"type":"content_block_stop","index":0}""", End("end_turn"), Stop,
        ];

    private static string[] Called(string provider, string name, string arguments) => provider == "openai"
        ?
        [
            ModelDouble.Delta($$$"""{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":{{{JsonSerializer.Serialize(name)}}},"arguments":{{{JsonSerializer.Serialize(arguments)}}} }}]}"""),
            ModelDouble.Stop("length"), "[DONE]",
        ]
        :
        [
            Begin, $$$"""{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":{{{JsonSerializer.Serialize(name)}}},"input":{} } }""",
            $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":{{{JsonSerializer.Serialize(arguments)}}} } }""",
            """{"type":"content_block_stop","index":0}""", End("max_tokens"), Stop,
        ];

    private AgentWorld World(ModelDouble model) => new(
        database, null, ("Models:OpenAI:BaseUrl", model.BaseUrl.ToString()), ("Models:OpenAI:ApiKey", "k"),
        ("Models:Anthropic:BaseUrl", new Uri(model.BaseUrl, "/").ToString()), ("Models:Anthropic:ApiKey", "k"));

    private static async Task<(string Task, LoopDriver Driver)> StartAsync(AgentWorld world, string provider)
    {
        var task = await world.TaskAsync($$$"""{"model":{"provider":"{{{provider}}}","name":"m","parameters":{"max_tokens":50}},"tools":["workspace"],"limits":{"model_retries":2} }""");
        await world.MailAsync(task, "go");
        var driver = new LoopDriver(world, task);
        await driver.MailAsync(resume: true);
        return (task, driver);
    }

    private sealed class Provider(string name, Func<IChatClient> create) : IModelProvider
    {
        public string Name => name;

        public IChatClient Create(ModelDefinition model) => create();
    }

    private sealed class Client(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> answer) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => answer(cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
