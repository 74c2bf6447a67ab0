namespace Temporalio.Common;

/// <summary>
/// Creates metrics. Counters are of integers; histograms of integers, floats or <see cref="TimeSpan"/>; gauges of integers or floats.
/// </summary>
public abstract class MetricMeter
{
    protected MetricMeter()
    {
    }

    public abstract MetricCounter<T> CreateCounter<T>(string name, string? unit = null, string? description = null)
        where T : struct;

    public abstract MetricHistogram<T> CreateHistogram<T>(string name, string? unit = null, string? description = null)
        where T : struct;

    public abstract MetricGauge<T> CreateGauge<T>(string name, string? unit = null, string? description = null)
        where T : struct;

    public abstract MetricMeter WithTags(IEnumerable<KeyValuePair<string, object>> tags);
}
