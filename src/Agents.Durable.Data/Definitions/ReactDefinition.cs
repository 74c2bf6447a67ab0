using System.Text.Json;

namespace Agents.Durable.Data.Definitions;

/// <summary>An agent of our own: everything that the steps of its runs need to know of it.</summary>
public sealed record ReactDefinition
{
    /// <summary>Whether a workflow of an author's runs the agent, and not <c>react</c>; it may have no model then, which is one without a provider.</summary>
    public bool IsCode { get; init; }

    public string Description { get; init; } = "";

    /// <summary>The system prompt; empty for none.</summary>
    public string Instructions { get; init; } = "";

    public required ModelDefinition Model { get; init; }

    public IReadOnlyList<ToolEntry> Tools { get; init; } = [];

    public AgentLimits Limits { get; init; } = new();
}

/// <param name="Provider">A provider known to the worker: <c>scripted</c>, <c>openai</c>, or a configured name.</param>
/// <param name="Name">The provider's name of the model.</param>
/// <param name="Parameters">Passed to the provider (<c>temperature</c>, <c>max_tokens</c>, <c>script</c>, …): an object, empty for none.</param>
public sealed record ModelDefinition(string Provider, string Name, JsonElement Parameters);

/// <summary>One entry of an agent's <c>tools</c>: a tool or group known to the worker, or the tools of an MCP server.</summary>
public sealed record ToolEntry
{
    /// <summary>Name of a tool or of a group (<c>workspace</c>, <c>http</c>); null for an MCP server.</summary>
    public string? Name { get; init; }

    /// <summary>The MCP server whose tools the agent gets.</summary>
    public McpServerEntry? Mcp { get; init; }

    /// <summary>Overrides the tool's own effect class.</summary>
    public string? Effect { get; init; }

    public double? TimeoutSeconds { get; init; }

    /// <summary>What happens to an <c>unsafe</c> call of unknown outcome: <c>ask</c> (default), <c>retry</c> or <c>fail</c>.</summary>
    public string? OnUnknown { get; init; }
}

/// <summary>An MCP server: a name that the host configured, an address, or a command to start it with (where the host allows that).</summary>
public sealed record McpServerEntry
{
    public required string Name { get; init; }
    /// <summary>Of a server that speaks MCP over streamable HTTP.</summary>
    public string? Url { get; init; }

    /// <summary>Sent with every request to <see cref="Url"/>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
    public string? Command { get; init; }
    public IReadOnlyList<string> Args { get; init; } = [];
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();
}

/// <summary>Bounds of a task; each has a default, shown here.</summary>
public sealed record AgentLimits
{
    /// <summary>Model calls in one turn.</summary>
    public int MaxIterations { get; init; } = 25;

    /// <summary>Turns after which the task is completed; null lets the conversation go on.</summary>
    public int? MaxTurns { get; init; }

    /// <summary>Tokens in and out, over the whole task; beyond, the task fails. Null for no bound.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>Time of one turn, over which it is ended; null for no bound.</summary>
    public double? MaxTurnSeconds { get; init; }

    /// <summary>Time of the whole task, waiting included, after which it is TIMED_OUT; null for no bound.</summary>
    public double? MaxSeconds { get; init; }

    /// <summary>A model call without any sign of life for this long is tried again.</summary>
    public double ModelTimeoutSeconds { get; init; } = 120;

    /// <summary>Failures of the provider that one model call survives.</summary>
    public int ModelRetries { get; init; } = 5;

    /// <summary>Time of a tool call whose entry sets none.</summary>
    public double ToolTimeoutSeconds { get; init; } = 60;
}
