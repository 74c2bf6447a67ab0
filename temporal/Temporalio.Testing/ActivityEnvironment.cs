using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Testing;

/// <summary>Runs activity code without a server. One environment is for one run.</summary>
public record ActivityEnvironment
{
    /// <summary>What <see cref="Info"/> is unless it is set.</summary>
    public static readonly ActivityInfo DefaultInfo = new(
        ActivityId: "test",
        ActivityType: "test",
        Attempt: 1,
        CurrentAttemptScheduledTime: DateTime.UnixEpoch,
        DataConverter: DataConverter.Default,
        HeartbeatDetails: [],
        HeartbeatTimeout: null,
        IsLocal: false,
        Namespace: "default",
        Priority: Priority.Default,
        RetryPolicy: null,
        ScheduleToCloseTimeout: TimeSpan.FromSeconds(1),
        ScheduledTime: DateTime.UnixEpoch,
        StartToCloseTimeout: TimeSpan.FromSeconds(1),
        StartedTime: DateTime.UnixEpoch,
        TaskQueue: "test",
        TaskToken: "test"u8.ToArray(),
        WorkflowId: "test",
        WorkflowNamespace: "default",
        WorkflowRunId: "test-run",
        WorkflowType: "test");

    /// <summary>What the activity knows of itself.</summary>
    public ActivityInfo Info { get; init; } = DefaultInfo;

    /// <summary>Where the activity logs. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Converts values to and from payloads.</summary>
    public IPayloadConverter PayloadConverter { get; init; } = DataConverter.Default.PayloadConverter;

    /// <summary>Metrics. Default: none.</summary>
    public MetricMeter? MetricMeter { get; init; }

    /// <summary>The client that the activity sees. Default: none.</summary>
    public ITemporalClient? TemporalClient { get; init; }

    /// <summary>Why the activity is cancelled, as it sees it.</summary>
    public ActivityCancelReason CancelReason { get; set; }

    /// <summary>All reasons why the activity is cancelled, as it sees them.</summary>
    public ActivityCancellationDetails? CancellationDetails { get; set; }

    /// <summary>Cancels the activity.</summary>
    public CancellationTokenSource CancellationTokenSource { get; init; } = new();

    /// <summary>Tells the activity that its worker shuts down.</summary>
    public CancellationTokenSource WorkerShutdownTokenSource { get; init; } = new();

    /// <summary>Called with the details of each heartbeat. Default: nothing.</summary>
    public Action<object?[]> Heartbeater { get; init; } = _ => { };

    private ActivityExecutionContext? Context { get; set; }

    /// <summary>Runs the code as an activity.</summary>
    public Task RunAsync(Action activity) => RunAsync<object?>(() =>
    {
        activity();
        return Task.FromResult<object?>(null);
    });

    /// <summary>Runs the code as an activity.</summary>
    public Task<T> RunAsync<T>(Func<T> activity) => RunAsync(() => Task.FromResult(activity()));

    /// <summary>Runs the code as an activity.</summary>
    public Task RunAsync(Func<Task> activity) => RunAsync<object?>(async () =>
    {
        await activity().ConfigureAwait(false);
        return null;
    });

    /// <summary>Runs the code as an activity.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> activity)
    {
        Context = ActivityExecutionContext.ForTest(
            Info,
            Logger,
            PayloadConverter,
            MetricMeter,
            TemporalClient,
            Heartbeater,
            CancellationTokenSource.Token,
            WorkerShutdownTokenSource.Token);
        Context.CancelReason = CancelReason;
        Context.CancellationDetails = CancellationDetails;
        using (ActivityExecutionContext.Enter(Context))
        {
            return await activity().ConfigureAwait(false);
        }
    }

    /// <summary>Cancels the activity as if somebody had asked for it.</summary>
    public void Cancel() => Cancel(ActivityCancelReason.CancelRequested);

    /// <summary>Cancels the activity.</summary>
    public void Cancel(ActivityCancelReason reason) => Cancel(reason, Details(reason));

    /// <summary>Cancels the activity.</summary>
    public void Cancel(ActivityCancelReason reason, ActivityCancellationDetails details)
    {
        CancelReason = reason;
        CancellationDetails = details;
        if (Context is { } context)
        {
            context.CancelReason = reason;
            context.CancellationDetails = details;
        }

        CancellationTokenSource.Cancel();
    }

    private static ActivityCancellationDetails Details(ActivityCancelReason reason) => new()
    {
        IsGoneFromServer = reason is ActivityCancelReason.GoneFromServer,
        IsCancelRequested = reason is ActivityCancelReason.CancelRequested,
        IsTimedOut = reason is ActivityCancelReason.Timeout,
        IsWorkerShutdown = reason is ActivityCancelReason.WorkerShutdown,
        IsPaused = reason is ActivityCancelReason.Paused,
        IsReset = reason is ActivityCancelReason.Reset,
        IsHeartbeatRecordFailure = reason is ActivityCancelReason.HeartbeatRecordFailure,
    };
}
