using Agents.Durable.Contracts;
using Temporalio.Client;

namespace Agents.Durable.Host;

/// <summary>An outside Temporal cluster in place of the embedded server; section <c>Temporal</c> of the configuration.</summary>
internal sealed class TemporalOptions
{
    public const string Section = "Temporal";

    /// <summary><c>host:port</c>. Without it this process embeds a server (role temporal), or looks for one on loopback at <c>--temporal-port</c>.</summary>
    public string? Address { get; set; }

    /// <summary>Where the agents' workflows are; made where it is missing and the cluster lets us. Default <c>agents</c>.</summary>
    public string Namespace { get; set; } = AgentWorkflows.Namespace;

    /// <summary>Sent as a bearer token, over TLS.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Whether the connection is encrypted. Default: if there is an <see cref="ApiKey"/> or any of the files.</summary>
    public bool? Tls { get; set; }

    /// <summary>PEM file of the roots to trust instead of the machine's.</summary>
    public string? AuthorityFile { get; set; }

    /// <summary>PEM file of this process's certificate, for mutual TLS; with <see cref="KeyFile"/>.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file of the certificate's key.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The name expected in the cluster's certificate. Default: the address's host.</summary>
    public string? ServerName { get; set; }

    /// <summary>How long a cluster that does not answer is waited for at the start. Default 60 s.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How the connection is encrypted; null for the client's default.</summary>
    /// <exception cref="HostStartException">A file cannot be read, or one of a pair is missing.</exception>
    public TlsOptions? ToTls()
    {
        if ((CertificateFile is null) != (KeyFile is null))
        {
            throw new HostStartException($"{Section}:{nameof(CertificateFile)} and {Section}:{nameof(KeyFile)} belong together; one is missing.");
        }

        if (Tls == false)
        {
            return new TlsOptions { Disabled = true };
        }

        return Tls is null && AuthorityFile is null && CertificateFile is null ? null : new TlsOptions
        {
            ServerRootCACert = Read(nameof(AuthorityFile), AuthorityFile),
            ClientCert = Read(nameof(CertificateFile), CertificateFile),
            ClientPrivateKey = Read(nameof(KeyFile), KeyFile),
            Domain = ServerName,
        };
    }

    private static byte[]? Read(string option, string? file)
    {
        try
        {
            return file is null ? null : File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostStartException($"{Section}:{option} cannot be read: {e.Message}", e);
        }
    }
}
