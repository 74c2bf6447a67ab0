namespace Temporalio.Runtime;

/// <summary>Options of a runtime.</summary>
public class TemporalRuntimeOptions : ICloneable
{
    public TemporalRuntimeOptions()
    {
    }

    public TemporalRuntimeOptions(TelemetryOptions telemetry) => Telemetry = telemetry;

    public TelemetryOptions Telemetry { get; set; } = new();

    /// <summary>How often workers report themselves; <see langword="null"/> for never. Default: 60 s.</summary>
    public TimeSpan? WorkerHeartbeatInterval { get; set; } = TimeSpan.FromSeconds(60);

    public bool DisableEnvironmentInfo { get; set; }

    public virtual object Clone()
    {
        var copy = (TemporalRuntimeOptions)MemberwiseClone();
        copy.Telemetry = (TelemetryOptions)Telemetry.Clone();
        return copy;
    }
}
