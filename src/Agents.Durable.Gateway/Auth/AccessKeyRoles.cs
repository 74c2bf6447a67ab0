namespace Agents.Durable.Gateway.Auth;

/// <summary>What the holder of an access key may do.</summary>
internal static class AccessKeyRoles
{
    /// <summary>Everything but the owner's access keys.</summary>
    public const string User = "user";

    /// <summary>Everything, and the owner's access keys.</summary>
    public const string Operator = "operator";

    /// <summary>Registering agents, and nothing else: for the environment of agents' processes.</summary>
    public const string Enrol = "enrol";

    public static IReadOnlyList<string> All { get; } = [User, Operator, Enrol];
}
