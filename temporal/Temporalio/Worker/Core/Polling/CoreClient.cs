using Temporalio.Rpc;

namespace Temporalio.Worker.Core.Polling;

/// <summary>The way to the server that a worker was given, and what every call of it carries.</summary>
internal sealed record CoreClient(IRpcInvoker Invoker)
{
    private static readonly IReadOnlyDictionary<string, string> s_none = new Dictionary<string, string>();
    private static readonly IReadOnlyDictionary<string, byte[]> s_noneBinary = new Dictionary<string, byte[]>();

    /// <summary>Asked for every call, since keys may change while a worker runs.</summary>
    public Func<IReadOnlyDictionary<string, string>> Metadata { get; init; } = () => s_none;

    /// <summary>Where clients on the same connection find this worker; none if there are no such clients.</summary>
    public EagerStarts? EagerStarts { get; init; }

    public Func<IReadOnlyDictionary<string, byte[]>> BinaryMetadata { get; init; } = () => s_noneBinary;
}
