using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Activities;

/// <summary>What a running activity may use; it flows with the asynchronous code.</summary>
public class ActivityExecutionContext
{
    private readonly ILogger _logger;
    private readonly Func<MetricMeter> _meter;
    private readonly ITemporalClient? _client;

    internal ActivityExecutionContext(
        ActivityInfo info,
        ILogger logger,
        IPayloadConverter payloadConverter,
        Func<MetricMeter> meter,
        ITemporalClient? client,
        CancellationToken cancellationToken,
        CancellationToken workerShutdownToken)
    {
        Info = info;
        PayloadConverter = payloadConverter;
        CancellationToken = cancellationToken;
        WorkerShutdownToken = workerShutdownToken;
        _logger = logger;
        _meter = meter;
        _client = client;
    }

    /// <summary>True if this code runs in an activity.</summary>
    public static bool HasCurrent => AsyncLocalCurrent.Value is not null;

    /// <summary>The context of the running activity.</summary>
    /// <exception cref="InvalidOperationException">No activity is running.</exception>
    public static ActivityExecutionContext Current => AsyncLocalCurrent.Value ?? throw new InvalidOperationException("No current context");

    /// <summary>What is known of this attempt.</summary>
    public ActivityInfo Info { get; }

    /// <summary>Logs with the ids of the activity.</summary>
    public ILogger Logger => field ??= new ActivityLogger(_logger, Info);

    /// <summary>Why the activity was asked to stop. Set before <see cref="CancellationToken"/> is cancelled.</summary>
    public ActivityCancelReason CancelReason { get; internal set; }

    /// <summary>All reasons why the activity was asked to stop.</summary>
    public ActivityCancellationDetails? CancellationDetails { get; internal set; }

    /// <summary>Cancelled when the activity is asked to stop; without heartbeats the server cannot ask.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Cancelled when the worker begins to shut down, before the activity must end.</summary>
    public CancellationToken WorkerShutdownToken { get; }

    /// <summary>Converts values to and from payloads.</summary>
    public IPayloadConverter PayloadConverter { get; }

    /// <summary>Metrics with the activity's tags.</summary>
    public MetricMeter MetricMeter => field ??= _meter();

    /// <summary>The worker's client.</summary>
    /// <exception cref="InvalidOperationException">The worker has only part of a client, or there is no worker.</exception>
    public ITemporalClient TemporalClient => _client ?? throw new InvalidOperationException("No Temporal client available");

    internal static AsyncLocal<ActivityExecutionContext?> AsyncLocalCurrent { get; } = new();

    internal Action<object?[]>? Heartbeater { get; set; }

    /// <summary>Tells the server that the activity is alive, and how far it is. Sent in the background, not more often than useful.</summary>
    /// <param name="details">What a next attempt can read; the last details win.</param>
    public void Heartbeat(params object?[] details) => Heartbeater?.Invoke(details);

    /// <summary>A context that no worker made.</summary>
    internal static ActivityExecutionContext ForTest(
        ActivityInfo info,
        ILogger logger,
        IPayloadConverter payloadConverter,
        MetricMeter? meter,
        ITemporalClient? client,
        Action<object?[]> heartbeater,
        CancellationToken cancellationToken,
        CancellationToken workerShutdownToken) =>
        new(info, logger, payloadConverter, () => meter ?? NoopMetricMeter.Instance, client, cancellationToken, workerShutdownToken)
        {
            Heartbeater = heartbeater,
        };

    /// <summary>Makes the context the current one until the answer is disposed.</summary>
    internal static IDisposable Enter(ActivityExecutionContext context)
    {
        var before = new Restore(AsyncLocalCurrent.Value);
        AsyncLocalCurrent.Value = context;
        return before;
    }

    private sealed class Restore(ActivityExecutionContext? before) : IDisposable
    {
        public void Dispose() => AsyncLocalCurrent.Value = before;
    }
}
