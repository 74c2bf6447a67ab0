using System.Runtime.InteropServices;

namespace Temporalio.Client;

/// <summary>
/// Gives workers access to a connection. The official SDK hands out its native client here; this one has none, so the handle is invalid
/// and only its presence counts.
/// </summary>
public interface IBridgeClientProvider
{
    SafeHandle? BridgeClient { get; }
}

/// <summary>A connection to the server. Thread-safe, and meant to be shared.</summary>
public interface ITemporalConnection : IBridgeClientProvider
{
    /// <summary>Sent with every call. Setting it affects later calls.</summary>
    IReadOnlyCollection<KeyValuePair<string, string>> RpcMetadata { get; set; }

    /// <inheritdoc cref="RpcMetadata"/>
    IReadOnlyCollection<KeyValuePair<string, byte[]>> RpcBinaryMetadata { get; set; }

    /// <inheritdoc cref="RpcMetadata"/>
    string? ApiKey { get; set; }

    WorkflowService WorkflowService { get; }

    OperatorService OperatorService { get; }

    CloudService CloudService { get; }

    TestService TestService { get; }

    TemporalConnectionOptions Options { get; }

    /// <summary>False for a lazy connection that has not been used yet.</summary>
    bool IsConnected { get; }

    /// <summary>Asks the server's health service.</summary>
    /// <param name="service">Default: the workflow service.</param>
    /// <param name="options">Options of the call.</param>
    Task<bool> CheckHealthAsync(RpcService? service = null, RpcOptions? options = null);

    /// <summary>Connects a lazy connection now. Does nothing when connected.</summary>
    /// <exception cref="InvalidOperationException">The server cannot be reached.</exception>
    Task ConnectAsync();
}
