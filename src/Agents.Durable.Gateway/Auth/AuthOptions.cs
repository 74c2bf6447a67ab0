using System.ComponentModel.DataAnnotations;

namespace Agents.Durable.Gateway.Auth;

/// <summary>Who may call.</summary>
public enum AuthMode
{
    /// <summary>Callers show an access key or a token of an identity provider, agents their keys.</summary>
    ApiKey,

    /// <summary>Everybody on this machine is the owner <c>dev</c> with all rights: for one's own machine only. Requests from elsewhere are refused.</summary>
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

    /// <summary>Access keys that are known from the start; an operator among them can make more over the API. Default none.</summary>
    public IList<ConfiguredKey> Keys { get; } = [];

    /// <summary>Tokens of an identity provider; default none are accepted.</summary>
    public JwtOptions Jwt { get; } = new();

    /// <summary>Requests of one owner in a second, in the long run; outside Development. Default 500.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 500;

    /// <summary>Requests of one owner at once, after a pause; outside Development. Default 2,000.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 2000;

    /// <summary>Refused requests of one address in a minute, after which nothing of it is heard until the minute is over; outside Development. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int RefusalsPerMinute { get; set; } = 100;

    /// <summary>Origins of pages that may call, besides the server's own; default none.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>Names under which the server is called, besides the loopback's; checked in Development. Default none.</summary>
    public IList<string> AllowedHosts { get; } = [];
}

/// <summary>An access key of the configuration.</summary>
public sealed class ConfiguredKey
{
    /// <summary>The key itself: long and random.</summary>
    public string Key { get; set; } = "";

    /// <summary>Whose rows its holder sees.</summary>
    public string Owner { get; set; } = "";

    /// <summary>Of <c>user</c>, <c>operator</c>, <c>enrol</c>; default <c>user</c>.</summary>
    public IList<string> Roles { get; } = [];
}

/// <summary>How bearer tokens are checked: against a shared secret, or against the keys that an authority publishes.</summary>
public sealed class JwtOptions
{
    /// <summary>The issuer's address, whose <c>/.well-known/openid-configuration</c> names its keys (RS256, ES256).</summary>
    public string? Authority { get; set; }

    /// <summary>A shared secret (HS256), base64, 32 bytes or more.</summary>
    public string? SymmetricKey { get; set; }

    /// <summary>What <c>iss</c> must be; default the authority, unchecked without one.</summary>
    public string? Issuer { get; set; }

    /// <summary>What <c>aud</c> must contain; default unchecked.</summary>
    public string? Audience { get; set; }

    /// <summary>The claim that names the owner; default <c>sub</c>.</summary>
    public string OwnerClaim { get; set; } = "sub";

    /// <summary>The claim that lists roles; default <c>roles</c>. Who has none is a user.</summary>
    public string RolesClaim { get; set; } = "roles";

    internal bool IsOn => Authority is { Length: > 0 } || SymmetricKey is { Length: > 0 };
}
