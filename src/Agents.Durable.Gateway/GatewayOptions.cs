using System.ComponentModel.DataAnnotations;

namespace Agents.Durable.Gateway;

public sealed class GatewayOptions
{
    public const string Section = "Gateway";

    /// <summary>Bytes in the body of a request; default 16 MiB.</summary>
    [Range(1024, 1L << 32)]
    public long MaxBodyBytes { get; set; } = 16 << 20;

    /// <summary>Where the outside reaches this gateway, for the URLs of webhooks; default none.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>
    /// Names the place where this gateway runs, such that there is one at a time: what the last one there had in hand is taken up at once. Default none, then
    /// after some seconds of its silence. The host names its data folder.
    /// </summary>
    public string? Instance { get; set; }
}
