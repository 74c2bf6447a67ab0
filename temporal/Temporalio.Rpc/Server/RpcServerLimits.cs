namespace Temporalio.Rpc.Server;

/// <summary>What a server accepts.</summary>
public sealed record RpcServerLimits
{
    /// <summary>Largest request in bytes, decompressed; default 4 MiB, as a Temporal server has it.</summary>
    public int MaxReceiveSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>Answers of this size or more are compressed for callers that accept gzip; default never, since callers are near.</summary>
    public int CompressFrom { get; init; } = int.MaxValue;
}
