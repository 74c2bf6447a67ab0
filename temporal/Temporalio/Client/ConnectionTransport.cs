using System.Security.Cryptography.X509Certificates;
using System.Text;
using Temporalio.Rpc.Client;

namespace Temporalio.Client;

/// <summary>From a connection's options to those of its transport.</summary>
internal static class ConnectionTransport
{
    /// <exception cref="ArgumentException">The options make no address.</exception>
    /// <exception cref="NotSupportedException">The options want a proxy.</exception>
    internal static RpcChannelOptions Of(TemporalConnectionOptions options)
    {
        if (string.IsNullOrEmpty(options.TargetHost))
        {
            throw new ArgumentException("TargetHost is required");
        }
        if (options.TargetHost.Contains("://", StringComparison.Ordinal))
        {
            throw new ArgumentException("TargetHost is host:port, without a scheme");
        }
        if (options.HttpConnectProxy is not null)
        {
            throw new NotSupportedException("Connections through an HTTP proxy are not supported; use a tunnel");
        }
        return new()
        {
            Target = options.TargetHost,
            Tls = Tls(options),
            Compress = options.GrpcCompression is GrpcCompression.Gzip,
            KeepAliveInterval = options.KeepAlive?.Interval,
            KeepAliveTimeout = options.KeepAlive?.Timeout ?? TimeSpan.FromSeconds(15),
            TimeProvider = options.TimeProvider,
        };
    }

    private static RpcTlsOptions? Tls(TemporalConnectionOptions options)
    {
        var tls = options.Tls ?? (options.ApiKey is null ? null : new TlsOptions());
        if (tls is null || tls.Disabled)
        {
            return null;
        }
        if (tls.ClientCert is null != tls.ClientPrivateKey is null)
        {
            throw new ArgumentException("ClientCert and ClientPrivateKey need each other");
        }
        return new()
        {
            ServerName = tls.Domain,
            TrustedRoots = tls.ServerRootCACert is { } roots ? Roots(roots) : null,
            ClientCertificate = tls.ClientCert is { } certificate
                ? X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(certificate), Encoding.ASCII.GetString(tls.ClientPrivateKey!))
                : null,
        };
    }

    private static X509Certificate2Collection Roots(byte[] pem)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(Encoding.ASCII.GetString(pem));
        return roots;
    }
}
