namespace Agents.Durable.Gateway.Auth;

/// <summary>Who may call.</summary>
public enum AuthMode
{
    /// <summary>Callers show a key of the table of access keys, agents theirs.</summary>
    ApiKey,

    /// <summary>Everybody who reaches the server is the owner <c>dev</c> with all rights: for one's own machine only. The host binds loopback.</summary>
    Development,
}

public sealed class AuthOptions
{
    public const string Section = "Auth";

    /// <summary>Default: <see cref="AuthMode.ApiKey"/>.</summary>
    public AuthMode Mode { get; set; }

    /// <summary>
    /// The secret from which the keys of agents are derived: base64, 32 bytes or more, the same in all processes, and never in the database.
    /// Without one, Development makes one and keeps it in the database; with <see cref="AuthMode.ApiKey"/> whatever needs it fails.
    /// </summary>
    public string? MasterKey { get; set; }

    /// <summary>Origins of pages that may call, besides the server's own; default none.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>Names under which the server is called, besides the loopback's; checked in Development. Default none.</summary>
    public IList<string> AllowedHosts { get; } = [];
}
