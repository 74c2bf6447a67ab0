namespace Samples.SyncAgent;

/// <summary>Section <c>SyncAgent</c> of the configuration.</summary>
internal sealed class SyncAgentOptions
{
    public const string Section = "SyncAgent";

    public string Name { get; set; } = "shouter";

    /// <summary>The gateway. Default <c>http://127.0.0.1:5003</c>.</summary>
    public Uri Gateway { get; set; } = new("http://127.0.0.1:5003");

    /// <summary>Where the gateway reaches this program; null for the first address that it listens on.</summary>
    public string? Url { get; set; }

    /// <summary>Proves to a gateway outside development mode that this agent may register. Default: none.</summary>
    public string? EnrolmentToken { get; set; }
}
