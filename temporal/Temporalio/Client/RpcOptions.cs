namespace Temporalio.Client;

/// <summary>Options of one call to the server.</summary>
public class RpcOptions : ICloneable
{
    /// <summary>
    /// Whether the call is retried when the server or the way to it has trouble. Default: true for calls of the client, false for those
    /// of a raw service.
    /// </summary>
    public bool? Retry { get; set; }

    /// <summary>Sent besides the connection's, over which they win.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>>? Metadata { get; set; }

    /// <summary>As <see cref="Metadata"/>; names end in <c>-bin</c>.</summary>
    public IReadOnlyCollection<KeyValuePair<string, byte[]>>? BinaryMetadata { get; set; }

    /// <summary>Limit of each attempt. Default: 30 s, 70 s for calls that wait on the server.</summary>
    public TimeSpan? Timeout { get; set; }

    public CancellationToken? CancellationToken { get; set; }

    public virtual object Clone() => MemberwiseClone();

    /// <summary>
    /// A copy that is also cancelled by <paramref name="cancellationToken"/>, and the source to dispose of if one was needed.
    /// </summary>
    protected internal Tuple<RpcOptions, CancellationTokenSource?> WithAdditionalCancellationToken(CancellationToken? cancellationToken)
    {
        if (cancellationToken is not { } token)
        {
            return new(this, null);
        }
        var copy = (RpcOptions)Clone();
        if (CancellationToken is not { } own)
        {
            copy.CancellationToken = token;
            return new(copy, null);
        }
        var source = CancellationTokenSource.CreateLinkedTokenSource(own, token);
        copy.CancellationToken = source.Token;
        return new(copy, source);
    }
}
