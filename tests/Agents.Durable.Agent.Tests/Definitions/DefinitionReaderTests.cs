using System.Text.Json;
using Agents.Durable.Data.Definitions;

namespace Agents.Durable.Agent.Tests.Definitions;

public sealed class DefinitionReaderTests
{
    [Fact]
    public void Read_WholeDefinition_TakesEverything()
    {
        var reader = new DefinitionReader();
        var definition = reader.Read(JsonDocument.Parse(
            """
            {"description":"d","instructions":"i","model":{"provider":"openai","name":"gpt","parameters":{"temperature":0}},
             "tools":["workspace",{"name":"http_fetch","effect":"unsafe","timeout_seconds":5,"on_unknown":"fail"},{"mcp":"files"},{"mcp":{"name":"s","command":"npx","args":["-y","x"],"env":{"A":"b"}}}],
             "limits":{"max_iterations":7,"max_turns":1,"max_tokens":1000,"model_timeout_seconds":10,"model_retries":0,"tool_timeout_seconds":2.5}}
            """).RootElement);
        Assert.Empty(reader.Errors);
        Assert.Equal(("d", "i", "openai", "gpt"), (definition!.Description, definition.Instructions, definition.Model.Provider, definition.Model.Name));
        Assert.Equal(["workspace", "http_fetch", null, null], definition.Tools.Select(tool => tool.Name));
        Assert.Equal(("unsafe", 5.0, "fail"), (definition.Tools[1].Effect, definition.Tools[1].TimeoutSeconds, definition.Tools[1].OnUnknown));
        Assert.Equal(("files", "npx"), (definition.Tools[2].Mcp!.Name, definition.Tools[3].Mcp!.Command));
        Assert.Equal(new AgentLimits { MaxIterations = 7, MaxTurns = 1, MaxTokens = 1000, ModelTimeoutSeconds = 10, ModelRetries = 0, ToolTimeoutSeconds = 2.5 }, definition.Limits);
    }

    [Theory]
    [InlineData("[]", "body must be an object")]
    [InlineData("{}", "model is required")]
    [InlineData("""{"model":"gpt"}""", "model must be an object")]
    [InlineData("""{"model":{}}""", "model.provider is required")]
    [InlineData("""{"model":{"provider":1}}""", "model.provider must be a string")]
    [InlineData("""{"model":{"provider":"x","parameters":[]}}""", "model.parameters must be an object")]
    [InlineData("""{"model":{"provider":"x"},"tools":{}}""", "tools must be a list")]
    [InlineData("""{"model":{"provider":"x"},"tools":[5]}""", "tools[0] must be an object")]
    [InlineData("""{"model":{"provider":"x"},"tools":[{}]}""", "tools[0] must have either name or mcp")]
    [InlineData("""{"model":{"provider":"x"},"tools":[{"name":"a","effect":"safe"}]}""", "tools[0].effect must be one of pure")]
    [InlineData("""{"model":{"provider":"x"},"tools":[{"mcp":{"command":"c"}}]}""", "tools[0].mcp.name is required")]
    [InlineData("""{"model":{"provider":"x"},"limits":{"max_iteration":1}}""", "limits.max_iteration is not known here")]
    [InlineData("""{"model":{"provider":"x"},"limits":{"max_iterations":0}}""", "limits.max_iterations must be a number from 1")]
    [InlineData("""{"model":{"provider":"x"},"prompt":""}""", "prompt is not known here")]
    public void Read_WrongDefinition_NamesWhatIsWrong(string body, string error)
    {
        var reader = new DefinitionReader();
        Assert.Null(reader.Read(JsonDocument.Parse(body).RootElement));
        Assert.Contains(reader.Errors, found => found.ToString().StartsWith(error, StringComparison.Ordinal));
    }
}
