using System.Security.Cryptography.X509Certificates;

namespace Temporalio.Rpc.Client;

/// <summary>How a channel talks to its peer.</summary>
public sealed record RpcChannelOptions
{
    /// <summary><c>host:port</c>.</summary>
    public required string Target { get; init; }

    /// <summary>TLS, or <see langword="null"/> for cleartext HTTP/2.</summary>
    public RpcTlsOptions? Tls { get; init; }

    /// <summary>Compress requests with gzip from <see cref="CompressionThreshold"/> on. A peer that does not know gzip is remembered.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Bytes; default 4096.</summary>
    public int CompressionThreshold { get; init; } = Framing.MessageFrame.DefaultCompressionThreshold;

    /// <summary>Largest answer in bytes; default 128 MiB.</summary>
    public int MaxReceiveSize { get; init; } = 128 * 1024 * 1024;

    /// <summary>Pings after so much silence; <see langword="null"/> for never. Default 30 s.</summary>
    public TimeSpan? KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gives the connection up when a ping stays unanswered so long; default 15 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>Server and, for mutual TLS, client authentication.</summary>
public sealed record RpcTlsOptions
{
    /// <summary>The name expected in the server's certificate; default the target's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>Trusted instead of the machine's roots when given.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>Shown to the server, with its private key.</summary>
    public X509Certificate2? ClientCertificate { get; init; }
}
