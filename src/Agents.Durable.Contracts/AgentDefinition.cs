using System.Text.Json;

namespace Agents.Durable.Contracts;

/// <summary>A declarative (<c>react</c>) agent: what it is told, which model answers, which tools it may call, how far it may go.</summary>
public sealed record AgentDefinition
{
    public string Description { get; init; } = "";
    public string Instructions { get; init; } = "";
    public required ModelChoice Model { get; init; }

    /// <summary>Each a name of a built-in tool or an object that describes one; the runtime reads them.</summary>
    public IReadOnlyList<JsonElement> Tools { get; init; } = [];

    /// <summary>Bounds of a run, such as <c>max_iterations</c>; the runtime knows their names and defaults.</summary>
    public IReadOnlyDictionary<string, JsonElement> Limits { get; init; } = new Dictionary<string, JsonElement>();
}

/// <summary>A model of a provider, with the provider's own parameters.</summary>
public sealed record ModelChoice
{
    public required string Provider { get; init; }
    public string Name { get; init; } = "";
    public JsonElement? Parameters { get; init; }
}
