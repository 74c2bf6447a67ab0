using Temporalio.Runtime;

namespace Temporalio.Client;

/// <summary>Options of a connection. <see cref="TargetHost"/> is required.</summary>
public class TemporalConnectionOptions : ICloneable
{
    public TemporalConnectionOptions()
    {
    }

    public TemporalConnectionOptions(string targetHost) => TargetHost = targetHost;

    /// <summary><c>host:port</c>. An address served in this process is reached without a socket.</summary>
    public string? TargetHost { get; set; }

    /// <summary>TLS. Default: none, or the machine's roots if there is an <see cref="ApiKey"/>.</summary>
    public TlsOptions? Tls { get; set; }

    public RpcRetryOptions? RpcRetry { get; set; }

    /// <summary><see langword="null"/> turns pings off.</summary>
    public KeepAliveOptions? KeepAlive { get; set; } = new();

    public HttpConnectProxyOptions? HttpConnectProxy { get; set; }

    public DnsLoadBalancingOptions? DnsLoadBalancing { get; set; }

    public GrpcCompression GrpcCompression { get; set; } = new GrpcCompression.Gzip();

    public PayloadLimitsOptions PayloadLimits { get; set; } = new();

    /// <summary>Sent with every call.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>>? RpcMetadata { get; set; }

    /// <summary>Sent with every call; names end in <c>-bin</c>.</summary>
    public IReadOnlyCollection<KeyValuePair<string, byte[]>>? RpcBinaryMetadata { get; set; }

    /// <summary>Sent as a bearer token unless the metadata has an <c>authorization</c>.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Name of this process in histories. Default: <c>pid@host</c>.</summary>
    public string? Identity { get; set; }

    /// <summary>Default: <see cref="TemporalRuntime.Default"/>.</summary>
    public TemporalRuntime? Runtime { get; set; }

    /// <summary>Clock of deadlines and retries, for tests.</summary>
    internal TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    public virtual object Clone()
    {
        var copy = (TemporalConnectionOptions)MemberwiseClone();
        copy.Tls = (TlsOptions?)Tls?.Clone();
        copy.RpcRetry = (RpcRetryOptions?)RpcRetry?.Clone();
        copy.KeepAlive = (KeepAliveOptions?)KeepAlive?.Clone();
        copy.HttpConnectProxy = (HttpConnectProxyOptions?)HttpConnectProxy?.Clone();
        copy.DnsLoadBalancing = (DnsLoadBalancingOptions?)DnsLoadBalancing?.Clone();
        copy.PayloadLimits = (PayloadLimitsOptions)PayloadLimits.Clone();
        return copy;
    }
}
