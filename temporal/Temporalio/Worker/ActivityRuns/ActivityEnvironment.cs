using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Worker.Interceptors;

namespace Temporalio.Worker.ActivityRuns;

/// <summary>What all activities of one worker share.</summary>
internal sealed record ActivityEnvironment
{
    public required string Namespace { get; init; }

    public required string TaskQueue { get; init; }

    public required DataConverter DataConverter { get; init; }

    /// <summary>First is outermost.</summary>
    public IReadOnlyCollection<IWorkerInterceptor> Interceptors { get; init; } = [];

    public required ILoggerFactory LoggerFactory { get; init; }

    public MetricMeter MetricMeter { get; init; } = NoopMetricMeter.Instance;

    /// <summary>Where activities run; <see langword="null"/> for the thread pool.</summary>
    public TaskFactory? TaskFactory { get; init; }

    /// <summary>Asked anew for every attempt, since the worker's client may be replaced.</summary>
    public required Func<ITemporalClient?> Client { get; init; }
}
