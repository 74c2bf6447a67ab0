namespace Temporalio.Client;

/// <summary>How calls are retried that ask for it.</summary>
public class RpcRetryOptions : ICloneable
{
    /// <summary>Default: 100 ms.</summary>
    public TimeSpan InitialInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Jitter as a share of the interval. Default: 0.2.</summary>
    public float RandomizationFactor { get; set; } = 0.2f;

    /// <summary>Default: 1.7.</summary>
    public float Multiplier { get; set; } = 1.7f;

    /// <summary>Default: 5 s.</summary>
    public TimeSpan MaxInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>No retry starts later than this; <see langword="null"/> for no limit. Default: 10 s.</summary>
    public TimeSpan? MaxElapsedTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Default: 10.</summary>
    public int MaxRetries { get; set; } = 10;

    public virtual object Clone() => MemberwiseClone();
}

/// <summary>Keeps idle connections open and finds dead ones.</summary>
public class KeepAliveOptions : ICloneable
{
    /// <summary>Default: 30 s.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Default: 15 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    public virtual object Clone() => MemberwiseClone();
}

/// <summary>Balances over the addresses of a name. Accepted for source compatibility: connections resolve the name when they are made.</summary>
public class DnsLoadBalancingOptions : ICloneable
{
    /// <summary>Default: 30 s.</summary>
    public TimeSpan ResolutionInterval { get; set; } = TimeSpan.FromSeconds(30);

    public virtual object Clone() => MemberwiseClone();
}

/// <summary>A proxy for HTTP CONNECT. Setting one is refused with <see cref="NotSupportedException"/> at connect.</summary>
public class HttpConnectProxyOptions : ICloneable
{
    public HttpConnectProxyOptions()
    {
    }

    public HttpConnectProxyOptions(string targetHost) => TargetHost = targetHost;

    public string? TargetHost { get; set; }

    public (string Username, string Password)? BasicAuth { get; set; }

    public virtual object Clone() => MemberwiseClone();
}

/// <summary>Sizes from which on payloads are warned of.</summary>
public class PayloadLimitsOptions : ICloneable
{
    /// <summary>Bytes. Default: 512 KiB.</summary>
    public int PayloadsWarnSize { get; set; } = 512 * 1024;

    /// <summary>Bytes. Default: 2 KiB.</summary>
    public int MemoWarnSize { get; set; } = 2 * 1024;

    public virtual object Clone() => MemberwiseClone();
}

/// <summary>TLS to the server.</summary>
public class TlsOptions : ICloneable
{
    /// <summary>PEM of the roots to trust instead of the machine's.</summary>
    public byte[]? ServerRootCACert { get; set; }

    /// <summary>Name expected in the server's certificate. Default: the target's host.</summary>
    public string? Domain { get; set; }

    /// <summary>PEM, with <see cref="ClientPrivateKey"/> for mutual TLS.</summary>
    public byte[]? ClientCert { get; set; }

    /// <summary>PEM.</summary>
    public byte[]? ClientPrivateKey { get; set; }

    /// <summary>No TLS, even though an API key would turn it on.</summary>
    public bool Disabled { get; set; }

    public virtual object Clone() => MemberwiseClone();
}
