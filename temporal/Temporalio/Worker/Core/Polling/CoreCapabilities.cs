namespace Temporalio.Worker.Core.Polling;

/// <summary>What the server can do, learnt when the worker validates itself; until then what every current server can.</summary>
internal sealed record CoreCapabilities
{
    public bool SdkMetadata { get; init; } = true;

    /// <summary>The server takes a worker's build as such; others take it as the checksum of a binary.</summary>
    public bool BuildIds { get; init; } = true;

    /// <summary>The server ends a worker's polls when it is told that the worker shuts down, so they need not be cut off.</summary>
    public bool EndsPollsOnShutdown { get; init; }
}
