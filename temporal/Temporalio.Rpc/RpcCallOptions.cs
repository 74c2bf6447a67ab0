namespace Temporalio.Rpc;

/// <summary>What a caller says about one call beside its request.</summary>
public sealed record RpcCallOptions
{
    /// <summary>How long the call may take, sent as <c>grpc-timeout</c> and kept locally; <see langword="null"/> means no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>ASCII metadata; names are lower case.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Binary metadata; names end in <c>-bin</c>, values are sent as base64.</summary>
    public IReadOnlyDictionary<string, byte[]> BinaryMetadata { get; init; } = new Dictionary<string, byte[]>();

    public CancellationToken CancellationToken { get; init; }
}
