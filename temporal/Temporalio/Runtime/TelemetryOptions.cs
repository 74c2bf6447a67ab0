namespace Temporalio.Runtime;

/// <summary>Logging and metrics.</summary>
public class TelemetryOptions : ICloneable
{
    public LoggingOptions? Logging { get; set; } = new();

    public MetricsOptions? Metrics { get; set; }

    public virtual object Clone()
    {
        var copy = (TelemetryOptions)MemberwiseClone();
        copy.Logging = (LoggingOptions?)Logging?.Clone();
        copy.Metrics = (MetricsOptions?)Metrics?.Clone();
        return copy;
    }
}
