namespace Temporalio.Rpc;

/// <summary>What a handler knows about the call it answers beside the request.</summary>
public sealed class RpcContext
{
    public required RpcMethod Method { get; init; }

    /// <summary>Request metadata by lower-case name; binary values appear decoded in <see cref="BinaryMetadata"/>.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    public IReadOnlyDictionary<string, byte[]> BinaryMetadata { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>When the caller gives up, by the server's clock; <see langword="null"/> if it never does.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Cancelled when the caller has left or its deadline has passed.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>True when the caller runs in this process, so that an answer it never sees cannot outlive this process's memory.</summary>
    public bool InProcess { get; init; }
}
