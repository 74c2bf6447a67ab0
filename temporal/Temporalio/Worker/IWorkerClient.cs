using Temporalio.Client;

namespace Temporalio.Worker;

/// <summary>What a worker needs of a client.</summary>
public interface IWorkerClient
{
    /// <summary>The client's options.</summary>
    TemporalClientOptions Options { get; }

    /// <summary>The connection. Workers of this SDK need one that is an <see cref="ITemporalConnection"/>.</summary>
    IBridgeClientProvider BridgeClientProvider { get; }
}
