namespace Temporalio.Testing;

/// <summary>
/// Options of the official SDK's downloaded development server. The server here is part of the process and always in memory, so those that
/// choose or place a program have no effect.
/// </summary>
public class DevServerOptions : ICloneable
{
    /// <summary>No effect: no program is started.</summary>
    public string? ExistingPath { get; set; }

    /// <summary>Not supported: the server keeps everything in memory.</summary>
    public string? DatabaseFilename { get; set; }

    /// <summary>No effect: logs go to the client's logger factory.</summary>
    public string LogFormat { get; set; } = "pretty";

    /// <summary>No effect: logs go to the client's logger factory.</summary>
    public string LogLevel { get; set; } = "warn";

    /// <summary>No effect: nothing is downloaded.</summary>
    public string DownloadVersion { get; set; } = "default";

    /// <summary>No effect: no program is started.</summary>
    public IReadOnlyCollection<string>? ExtraArgs { get; set; }

    /// <summary>No effect: nothing is downloaded.</summary>
    public TimeSpan? DownloadTtl { get; set; }

    /// <inheritdoc/>
    public virtual object Clone() => MemberwiseClone();
}
