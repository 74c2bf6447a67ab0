using System.Text.RegularExpressions;

namespace Agents.Durable.Gateway.Agents;

/// <summary>What agents may be called.</summary>
internal static partial class AgentNames
{
    // Not the end of a line: a name has none.
    [GeneratedRegex("^[a-z0-9-]+\\z")]
    public static partial Regex Pattern();
}
