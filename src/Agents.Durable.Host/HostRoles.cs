namespace Agents.Durable.Host;

/// <summary>What one host process does.</summary>
[Flags]
internal enum HostRoles
{
    None = 0,

    /// <summary>Serves clients: REST, JSON-RPC, the hub, event streams.</summary>
    Gateway = 1,

    /// <summary>Runs agents.</summary>
    Worker = 2,

    /// <summary>Serves the embedded Temporal-compatible server.</summary>
    Temporal = 4,

    All = Gateway | Worker | Temporal,
}
