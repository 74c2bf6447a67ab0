using Agents.Durable.Data;
using Agents.Durable.Data.Definitions;
using Agents.Durable.Data.Effects;

namespace Agents.Durable.Agent.Tools;

/// <summary>Where tools come from. Sources are asked in the order of their registration.</summary>
public interface IToolSource
{
    /// <summary>The tools that an entry of a definition means; null when the entry is not this source's.</summary>
    /// <exception cref="ToolException">They are this source's, and cannot be had now.</exception>
    ValueTask<IReadOnlyList<ITool>?> FindAsync(ToolEntry entry, CancellationToken cancellationToken);

    /// <summary>What entries can ask for by name, for the message about one that is not known.</summary>
    IEnumerable<string> Names { get; }
}

/// <summary>What to do with an unsafe call of unknown outcome.</summary>
public enum UnknownPolicy
{
    Ask,
    Retry,
    Fail,
}

/// <summary>A tool as one agent has it.</summary>
public sealed record BoundTool
{
    public required ITool Tool { get; init; }

    /// <summary>What the model calls it.</summary>
    public required string Name { get; init; }

    /// <summary>The definition's own word on the effect class; null leaves it to the tool.</summary>
    public Effect? EffectOverride { get; init; }
    public required TimeSpan Timeout { get; init; }
    public UnknownPolicy OnUnknown { get; init; }
}

/// <summary>All tools of this worker.</summary>
public sealed class ToolCatalog(IEnumerable<IToolSource> sources)
{
    private readonly IToolSource[] _sources = [.. sources];

    /// <summary>The tools of a definition, by the names that the model uses.</summary>
    /// <exception cref="ToolException">An entry is not known here, or its tools cannot be had now; the message names it.</exception>
    public async Task<IReadOnlyDictionary<string, BoundTool>> BindAsync(ReactDefinition definition, CancellationToken cancellationToken)
    {
        var tools = new Dictionary<string, BoundTool>(StringComparer.Ordinal);
        foreach (var entry in definition.Tools)
        {
            foreach (var tool in await FindAsync(entry, cancellationToken))
            {
                // Two servers may both have a "search": the later one is told apart by its server's name.
                var plain = ToolNames.Acceptable(tool.Spec.Name);
                var name = tools.ContainsKey(plain) && entry.Mcp is { } server ? ToolNames.Acceptable($"{server.Name}_{tool.Spec.Name}") : plain;
                tools[name] = new BoundTool
                {
                    Tool = tool,
                    Name = name,
                    EffectOverride = entry.Effect is { } effect ? EnumNames.Parse<Effect>(effect) : null,
                    Timeout = entry.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : tool.Spec.Timeout ?? TimeSpan.FromSeconds(definition.Limits.ToolTimeoutSeconds),
                    OnUnknown = entry.OnUnknown is { } policy ? EnumNames.Parse<UnknownPolicy>(policy) : UnknownPolicy.Ask,
                };
            }
        }

        return tools;
    }

    private async ValueTask<IReadOnlyList<ITool>> FindAsync(ToolEntry entry, CancellationToken cancellationToken)
    {
        foreach (var source in _sources)
        {
            if (await source.FindAsync(entry, cancellationToken) is { } found)
            {
                return found;
            }
        }

        var known = _sources.SelectMany(source => source.Names).Distinct().Order(StringComparer.Ordinal);
        throw new ToolException($"The tool '{entry.Name ?? entry.Mcp?.Name}' is not known to this worker; known are {string.Join(", ", known)}.");
    }
}
