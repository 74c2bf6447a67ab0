using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Temporalio.Rpc.Server;

/// <summary>Where and how a router is served.</summary>
public sealed record RpcServerOptions
{
    /// <summary>Default loopback.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Shown to clients; without it the port speaks cleartext HTTP/2.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>With these, clients must show a certificate that one of them signed.</summary>
    public X509Certificate2Collection? ClientRoots { get; init; }

    public RpcServerLimits Limits { get; init; } = new();

    /// <summary>Callers in this process bypass the socket; default true.</summary>
    public bool ServeInProcess { get; init; } = true;

    /// <summary>How long calls in hand may go on when the server stops; default 5 s.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
