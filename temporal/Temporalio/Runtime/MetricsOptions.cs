namespace Temporalio.Runtime;

/// <summary>Where metrics go. Served: <see cref="CustomMetricMeter"/>. The exporters of the official core are refused by the runtime.</summary>
public class MetricsOptions : ICloneable
{
    public MetricsOptions()
    {
    }

    public MetricsOptions(PrometheusOptions prometheus) => Prometheus = prometheus;

    public MetricsOptions(OpenTelemetryOptions openTelemetry) => OpenTelemetry = openTelemetry;

    public PrometheusOptions? Prometheus { get; set; }

    public OpenTelemetryOptions? OpenTelemetry { get; set; }

    public ICustomMetricMeter? CustomMetricMeter { get; set; }

    public CustomMetricMeterOptions? CustomMetricMeterOptions { get; set; }

    /// <summary>Add the tag <c>service_name</c>.</summary>
    public bool AttachServiceName { get; set; } = true;

    /// <summary>On every metric.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>>? GlobalTags { get; set; }

    /// <summary>Default: <c>temporal_</c>, for metrics of the SDK only.</summary>
    public string? MetricPrefix { get; set; }

    public virtual object Clone()
    {
        var copy = (MetricsOptions)MemberwiseClone();
        copy.Prometheus = (PrometheusOptions?)Prometheus?.Clone();
        copy.OpenTelemetry = (OpenTelemetryOptions?)OpenTelemetry?.Clone();
        copy.CustomMetricMeterOptions = (CustomMetricMeterOptions?)CustomMetricMeterOptions?.Clone();
        return copy;
    }
}

/// <summary>A Prometheus endpoint of the core.</summary>
public class PrometheusOptions : ICloneable
{
    public PrometheusOptions()
    {
    }

    public PrometheusOptions(string bindAddress) => BindAddress = bindAddress;

    public string? BindAddress { get; set; }

    public bool HasCounterTotalSuffix { get; set; }

    public bool HasUnitSuffix { get; set; }

    public bool UseSecondsForDuration { get; set; }

    public IReadOnlyDictionary<string, IReadOnlyCollection<double>>? HistogramBucketOverrides { get; set; }

    public virtual object Clone() => MemberwiseClone();
}

/// <summary>An OpenTelemetry exporter of the core.</summary>
public class OpenTelemetryOptions : ICloneable
{
    public OpenTelemetryOptions()
    {
    }

    public OpenTelemetryOptions(string url)
        : this(new Uri(url))
    {
    }

    public OpenTelemetryOptions(Uri url) => Url = url;

    public Uri? Url { get; set; }

    public IReadOnlyCollection<KeyValuePair<string, string>>? Headers { get; set; }

    public TimeSpan? MetricsExportInterval { get; set; }

    public OpenTelemetryMetricTemporality MetricTemporality { get; set; }

    public bool UseSecondsForDuration { get; set; }

    public OpenTelemetryProtocol Protocol { get; set; }

    public IReadOnlyDictionary<string, IReadOnlyCollection<double>>? HistogramBucketOverrides { get; set; }

    public virtual object Clone() => MemberwiseClone();
}
