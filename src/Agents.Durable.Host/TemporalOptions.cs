namespace Agents.Durable.Host;

/// <summary>An outside Temporal cluster in place of the embedded server; section <c>Temporal</c> of the configuration.</summary>
internal sealed class TemporalOptions
{
    public const string Section = "Temporal";

    /// <summary><c>host:port</c>. Without it this process embeds a server (role temporal), or looks for one on loopback at <c>--temporal-port</c>.</summary>
    public string? Address { get; set; }

    /// <summary>Sent as a bearer token, over TLS.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Whether the connection is encrypted. Default: if there is an <see cref="ApiKey"/>.</summary>
    public bool? Tls { get; set; }

    /// <summary>How long a cluster that does not answer is waited for at the start. Default 60 s.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);
}
