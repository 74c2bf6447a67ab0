using System.Net;

namespace Agents.Durable.Host;

/// <summary>What the command line says.</summary>
internal sealed record HostSettings
{
    public HostRoles Roles { get; init; } = HostRoles.All;

    /// <summary>Where the gateway listens; anything but loopback needs another mode than Development.</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>Port of the gateway; 0 takes a free one.</summary>
    public int Port { get; init; } = 5003;

    /// <summary>Port of the embedded Temporal server; 0 takes a free one.</summary>
    public int TemporalPort { get; init; } = 7233;

    /// <summary>Port of the stream intake, -1 for none; null leaves it to the configuration.</summary>
    public int? StreamPort { get; init; }

    /// <summary>The folder of everything that the embedded parts store.</summary>
    public string Data { get; init; } = ".data";

    /// <summary>Shown once the gateway serves, with <c>{url}</c> and <c>{data}</c> filled in; null for nothing.</summary>
    public string? Walkthrough { get; init; }

    public bool Has(HostRoles role) => (Roles & role) == role;
}
