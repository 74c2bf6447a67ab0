using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Bridge.Api.ActivityTask;
using Temporalio.Converters;
using Temporalio.Worker.Core;
using Temporalio.Worker.Interceptors;
using ActivityCancellationDetails = Temporalio.Activities.ActivityCancellationDetails;
using ActivityCancelReason = Temporalio.Activities.ActivityCancelReason;
using ProtoCancelReason = Temporalio.Bridge.Api.ActivityTask.ActivityCancelReason;

namespace Temporalio.Worker.ActivityRuns;

/// <summary>One attempt while it runs: its context, its cancellation, its heartbeats.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A cancellation source without a timer holds nothing that must be released, and a late cancel must find it alive.")]
internal sealed class RunningActivity
{
    private readonly ICoreWorker _core;
    private readonly ByteString _taskToken;
    private readonly DataConverter _converter;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly Lock _lock = new();
    private Task _heartbeats = Task.CompletedTask;
    private object?[]? _pendingDetails;
    private bool _encoding;
    private bool _done;

    public RunningActivity(
        ActivityEnvironment environment, ActivityDefinition definition, Start start, ByteString taskToken, ICoreWorker core, CancellationToken workerShutdown)
    {
        _core = core;
        _taskToken = taskToken;
        Definition = definition;
        Start = start;
        _converter = environment.DataConverter.WithSerializationContext(ActivityInfoReader.Context(environment, start));
        var info = ActivityInfoReader.Read(environment, start, taskToken, _converter);
        Context = new(
            info,
            environment.LoggerFactory.CreateLogger($"Temporalio.Activity:{info.ActivityType}"),
            _converter.PayloadConverter,
            () => environment.MetricMeter.WithTags(
                [new("namespace", info.Namespace), new("task_queue", info.TaskQueue), new("activity_type", info.ActivityType)]),
            environment.Client(),
            _cancellation.Token,
            workerShutdown);
    }

    public ActivityDefinition Definition { get; }

    public Start Start { get; }

    public DataConverter Converter => _converter;

    public ActivityExecutionContext Context { get; }

    /// <summary>True once the server or the core has asked the activity to stop.</summary>
    public bool CancelRequested { get; private set; }

    public void Cancel(Cancel cancel)
    {
        var details = cancel.Details is { } d
            ? new ActivityCancellationDetails
            {
                IsGoneFromServer = d.IsNotFound,
                IsCancelRequested = d.IsCancelled,
                IsPaused = d.IsPaused,
                IsTimedOut = d.IsTimedOut,
                IsWorkerShutdown = d.IsWorkerShutdown,
                IsReset = d.IsReset,
            }
            : new();
        Cancel(Reason(cancel.Reason), details, requested: true);
    }

    /// <summary>The outermost heartbeat, given once the interceptors are there.</summary>
    public void SendHeartbeatsThrough(ActivityOutboundInterceptor outbound) => Context.Heartbeater = details => outbound.Heartbeat(new(details));

    /// <summary>Notes a heartbeat. While one is being converted, the next ones replace each other.</summary>
    public void Heartbeat(object?[] details)
    {
        // Local activities have no heartbeats on the server.
        if (Start.IsLocal)
        {
            return;
        }

        lock (_lock)
        {
            if (_done)
            {
                return;
            }

            if (_converter.PayloadCodec is not null)
            {
                _pendingDetails = details;
                if (!_encoding)
                {
                    _encoding = true;
                    _heartbeats = EncodeHeartbeatsAsync();
                }

                return;
            }
        }

        Record(details);
    }

    /// <summary>Ends heartbeats, and waits for those on their way.</summary>
    public Task DrainHeartbeatsAsync()
    {
        lock (_lock)
        {
            _done = true;
            return _heartbeats;
        }
    }

    private static ActivityCancelReason Reason(ProtoCancelReason reason) => reason switch
    {
        ProtoCancelReason.NotFound => ActivityCancelReason.GoneFromServer,
        ProtoCancelReason.Cancelled => ActivityCancelReason.CancelRequested,
        ProtoCancelReason.TimedOut => ActivityCancelReason.Timeout,
        ProtoCancelReason.WorkerShutdown => ActivityCancelReason.WorkerShutdown,
        ProtoCancelReason.Paused => ActivityCancelReason.Paused,
        ProtoCancelReason.Reset => ActivityCancelReason.Reset,
        _ => ActivityCancelReason.None,
    };

    private void Cancel(ActivityCancelReason reason, ActivityCancellationDetails details, bool requested)
    {
        lock (_lock)
        {
            if (_cancellation.IsCancellationRequested)
            {
                return;
            }

            CancelRequested = requested;
            Context.CancelReason = reason;
            Context.CancellationDetails = details;
        }

        // Not here and now: callbacks are the user's code, and the caller is the loop that serves all activities.
        _ = _cancellation.CancelAsync();
    }

    // Never under the lock: what the core hears of a heartbeat, such as that the activity is to stop, may come back on this thread. One that
    // is overtaken by the end of the activity is dropped by the core.
    private void Record(object?[] details)
    {
        try
        {
            _core.RecordActivityHeartbeat(new() { TaskToken = _taskToken, Details = { _converter.PayloadConverter.ToPayloads(details) } });
        }
        catch (Exception e)
        {
            FailHeartbeat(e);
        }
    }

    private async Task EncodeHeartbeatsAsync()
    {
        // Off the caller's lock first: a codec is the user's code.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (TakePending() is { } details)
        {
            try
            {
                var payloads = await _converter.ToPayloadsAsync(details).ConfigureAwait(false);
                _core.RecordActivityHeartbeat(new() { TaskToken = _taskToken, Details = { payloads } });
            }
            catch (Exception e)
            {
                FailHeartbeat(e);
            }
        }
    }

    private object?[]? TakePending()
    {
        lock (_lock)
        {
            var details = _pendingDetails;
            _pendingDetails = null;
            _encoding = details is not null;
            return details;
        }
    }

    private void FailHeartbeat(Exception e)
    {
        ActivityWorker.LogHeartbeatFailed(Context.Logger, e);
        Cancel(ActivityCancelReason.HeartbeatRecordFailure, new() { IsHeartbeatRecordFailure = true }, requested: false);
    }
}
