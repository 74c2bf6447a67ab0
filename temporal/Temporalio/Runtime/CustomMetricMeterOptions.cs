namespace Temporalio.Runtime;

/// <summary>Options of a custom meter.</summary>
public class CustomMetricMeterOptions
{
    /// <summary>In what durations are given to the meter.</summary>
    public enum DurationFormat
    {
        IntegerMilliseconds = 0,
        FloatSeconds = 1,
        TimeSpan = 2,
    }

    public DurationFormat HistogramDurationFormat { get; set; }

    public virtual object Clone() => MemberwiseClone();
}
