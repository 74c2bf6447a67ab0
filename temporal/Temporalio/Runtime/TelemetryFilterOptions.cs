namespace Temporalio.Runtime;

/// <summary>Levels of the core's logs, in the notation of Rust's tracing.</summary>
public class TelemetryFilterOptions : ICloneable
{
    public TelemetryFilterOptions(string filterString) => FilterString = filterString;

    public TelemetryFilterOptions(Level core = Level.Warn, Level other = Level.Error)
        : this(string.Create(
            null,
            $"{Name(other)},temporal_sdk_core={Name(core)},temporal_client={Name(core)},temporal_sdk={Name(core)}"))
    {
    }

    public enum Level
    {
        Trace = 0,
        Debug = 1,
        Info = 2,
        Warn = 3,
        Error = 4,
    }

    public string FilterString { get; set; }

    public virtual object Clone() => MemberwiseClone();

    private static string Name(Level level) => level.ToString().ToUpperInvariant();
}
