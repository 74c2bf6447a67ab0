namespace Temporalio.Client;

/// <summary>How requests are compressed. Answers may always be.</summary>
public abstract record GrpcCompression
{
    private protected GrpcCompression()
    {
    }

    /// <summary>Not at all.</summary>
    public sealed record None : GrpcCompression;

    /// <summary>With gzip from 4 KiB on. A server that does not know it gets uncompressed requests.</summary>
    public sealed record Gzip : GrpcCompression;
}
