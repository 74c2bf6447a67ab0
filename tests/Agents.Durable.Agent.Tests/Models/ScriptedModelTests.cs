using System.Text.Json;
using Agents.Durable.Agent.Models;
using Agents.Durable.Agent.Models.Scripted;
using Agents.Durable.Data.Definitions;
using Microsoft.Extensions.AI;

namespace Agents.Durable.Agent.Tests.Models;

public sealed class ScriptedModelTests
{
    private static readonly ChatMessage s_user = new(ChatRole.User, "hello");
    private static readonly ChatMessage s_model = new(ChatRole.Assistant, "x");

    [Fact]
    public async Task Stream_Turn_IsTakenByTheNumberOfAnswersSoFar()
    {
        const string Script = """[{"text":"one"},{"deltas":["t","wo"],"tool_calls":[{"name":"f","arguments":{"a":1}}]}]""";
        Assert.Equal("one", (await AskAsync(Script, s_user)).Text);
        var second = await AskAsync(Script, s_user, s_model, s_user);
        Assert.Equal("two", second.Text);
        var call = second.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Single();
        Assert.Equal(("f", """{"a":1}"""), (call.Name, ToolCalls.ArgumentsOf(call)));
        Assert.Equal(ChatFinishReason.ToolCalls, second.FinishReason);
        Assert.Equal("The script ends after 2 turns.", (await AskAsync(Script, s_user, s_model, s_model)).Text);
    }

    [Fact]
    public async Task Stream_NoScript_RepeatsTheUser() => Assert.Equal("hello", (await AskAsync(null, s_user)).Text);

    [Fact]
    public async Task Stream_Error_ComesAfterTheText()
    {
        using var client = Client("""[{"deltas":["a"],"error":{"message":"busy","status":429,"retry_after_ms":1500}}]""");
        var seen = "";
        var failure = await Assert.ThrowsAsync<ModelException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync([s_user]))
            {
                seen += update.Text;
            }
        });
        Assert.Equal(("a", true, TimeSpan.FromSeconds(1.5), 429), (seen, failure.Retryable, failure.RetryAfter, failure.Status));
    }

    [Fact]
    public async Task Stream_ErrorAsText_IsFinal()
    {
        var failure = await Assert.ThrowsAsync<ModelException>(() => AskAsync("""[{"error":"no"}]""", s_user));
        Assert.Equal(("no", false), (failure.Message, failure.Retryable));
    }

    [Theory]
    [InlineData("{}", "script must be a list of turns")]
    [InlineData("[1]", "script[0] must be an object")]
    [InlineData("""[{"text":1}]""", "script[0].text must be a text")]
    [InlineData("""[{},{"say":"x"}]""", "script[1].say is not known")]
    [InlineData("""[{"tool_calls":[{"arguments":{}}]}]""", "script[0].tool_calls[0] must be an object with a name")]
    [InlineData("""[{"delay_ms":-1}]""", "script[0].delay_ms must be a number")]
    public void Create_BadScript_NamesThePlace(string script, string message) =>
        Assert.Contains(message, Assert.Throws<ModelException>(() => Client(script)).Message, StringComparison.Ordinal);

    private static async Task<ChatResponse> AskAsync(string? script, params ChatMessage[] messages)
    {
        using var client = Client(script);
        return await client.GetResponseAsync(messages);
    }

    private static IChatClient Client(string? script) => new ScriptedModelProvider(TimeProvider.System).Create(
        new ModelDefinition("scripted", "", JsonDocument.Parse(script is null ? "{}" : $$"""{"script":{{script}}}""").RootElement));
}
