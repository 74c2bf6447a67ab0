using Agents.Durable.Data.Definitions;

namespace Agents.Durable.Agent.Tools;

/// <summary>A tool of this process and the group it belongs to.</summary>
public sealed record LocalTool(ITool Tool, string? Group);

/// <summary>Tools that were registered together.</summary>
public sealed record LocalToolSet(IReadOnlyList<LocalTool> Tools);

/// <summary>The tools that were registered in this process: each by its name, groups by theirs.</summary>
internal sealed class LocalTools(IEnumerable<LocalToolSet> sets) : IToolSource
{
    private readonly LocalTool[] _tools = [.. sets.SelectMany(set => set.Tools)];

    public IEnumerable<string> Names => _tools.Select(tool => tool.Tool.Spec.Name).Concat(_tools.Select(tool => tool.Group).OfType<string>());

    public ValueTask<IReadOnlyList<ITool>?> FindAsync(ToolEntry entry, CancellationToken cancellationToken)
    {
        IReadOnlyList<ITool> found = entry.Name is { } name
            ? [.. _tools.Where(tool => tool.Tool.Spec.Name == name || tool.Group == name).Select(tool => tool.Tool)]
            : [];
        return ValueTask.FromResult(found.Count > 0 ? found : null);
    }
}
