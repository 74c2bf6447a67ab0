namespace Temporalio.Testing;

/// <summary>Options of the official SDK's downloaded test server. The server here is part of the process, so they have no effect.</summary>
public class TestServerOptions : ICloneable
{
    /// <summary>No effect: no program is started.</summary>
    public string? ExistingPath { get; set; }

    /// <summary>No effect: nothing is downloaded.</summary>
    public string DownloadVersion { get; set; } = "default";

    /// <summary>No effect: no program is started.</summary>
    public IReadOnlyCollection<string>? ExtraArgs { get; set; }

    /// <summary>No effect: nothing is downloaded.</summary>
    public TimeSpan? DownloadTtl { get; set; }

    /// <inheritdoc/>
    public virtual object Clone() => MemberwiseClone();
}
