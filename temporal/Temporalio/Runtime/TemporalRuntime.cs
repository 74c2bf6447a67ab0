using Temporalio.Common;

namespace Temporalio.Runtime;

/// <summary>What clients and workers share: telemetry. This SDK is managed, so a runtime holds no threads.</summary>
public sealed class TemporalRuntime
{
    private static readonly Lazy<TemporalRuntime> s_default = new(() => new(new()));

    /// <exception cref="NotSupportedException">The options want one of the official core's exporters.</exception>
    public TemporalRuntime(TemporalRuntimeOptions options)
    {
        Options = (TemporalRuntimeOptions)options.Clone();
        if (options.WorkerHeartbeatInterval is { } interval && interval <= TimeSpan.Zero)
        {
            throw new ArgumentException("WorkerHeartbeatInterval must be positive", nameof(options));
        }
        var metrics = Options.Telemetry.Metrics;
        if (metrics?.Prometheus is not null || metrics?.OpenTelemetry is not null)
        {
            throw new NotSupportedException(
                "The exporters of the official core do not exist here; set CustomMetricMeter, for instance to one over System.Diagnostics.Metrics");
        }
        MetricMeter = metrics?.CustomMetricMeter is { } meter
            ? CustomMeterAdapter.Create(meter, metrics)
            : NoopMetricMeter.Instance;
    }

    /// <summary>Used where none is given.</summary>
    public static TemporalRuntime Default => s_default.Value;

    /// <summary>For metrics outside of workflows and activities.</summary>
    public MetricMeter MetricMeter { get; }

    internal TemporalRuntimeOptions Options { get; }
}
