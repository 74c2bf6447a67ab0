using System.Text.Json.Serialization;

namespace Agents.Durable.Agent.Code;

/// <summary>What the gateway and the steps need to know of a code agent. It is registered whenever the agent's program starts; the last one counts.</summary>
public sealed record CodeAgentDefinition
{
    /// <summary>Tells the gateway that a workflow of the author's runs the agent.</summary>
    public string Kind { get; } = "code";

    /// <summary>For people.</summary>
    public string Description { get; init; } = "";

    /// <summary>The system prompt of model calls that bring none of their own. Default: none.</summary>
    public string Instructions { get; init; } = "";

    /// <summary>The model of <see cref="AgentModel"/>; null for an agent that needs none.</summary>
    public CodeAgentModel? Model { get; init; }

    /// <summary>
    /// The tools of <see cref="AgentTools"/>: names of tools and groups, or objects, written as in the definition of a declarative agent
    /// (<c>new { mcp = "everything" }</c>, <c>new { name = "pay", on_unknown = "fail" }</c>).
    /// </summary>
    public IReadOnlyList<object> Tools { get; init; } = [];

    /// <summary>Bounds by their names, as in the definition of a declarative agent (<c>max_tokens</c>, <c>max_seconds</c>, <c>model_retries</c>, …); those of turns do not apply.</summary>
    public IReadOnlyDictionary<string, double> Limits { get; init; } = new Dictionary<string, double>();
}

/// <summary>A model.</summary>
/// <param name="Provider">One that the workers know: <c>scripted</c>, <c>openai</c>, <c>anthropic</c>.</param>
/// <param name="Name">The provider's name of the model.</param>
public sealed record CodeAgentModel(string Provider, string Name = "")
{
    /// <summary>Passed to the provider (<c>temperature</c>, <c>script</c>, …); becomes a JSON object.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public object? Parameters { get; init; }
}
