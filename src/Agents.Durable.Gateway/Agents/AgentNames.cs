using System.Text.RegularExpressions;

namespace Agents.Durable.Gateway.Agents;

/// <summary>What agents may be called.</summary>
internal static partial class AgentNames
{
    [GeneratedRegex("^[a-z0-9-]+$")]
    public static partial Regex Pattern();
}
