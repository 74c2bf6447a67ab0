using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Api.Common.V1;
using Temporalio.Bridge.Api.ActivityResult;
using Temporalio.Bridge.Api.ActivityTask;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Core;
using Temporalio.Worker.Interceptors;
using Temporalio.Worker.Invocation;

namespace Temporalio.Worker.ActivityRuns;

/// <summary>Takes activity tasks from the core, runs them, and hands results back.</summary>
internal sealed partial class ActivityWorker(ICoreWorker core, ActivityEnvironment environment, ActivityRegistry registry) : IDisposable
{
    private readonly ConcurrentDictionary<ByteString, RunningActivity> _running = new();
    private readonly CancellationTokenSource _shutdown = new();
    private readonly ILogger _logger = environment.LoggerFactory.CreateLogger<ActivityWorker>();

    /// <summary>Runs until the core has shut down. Throws if its polling fails for good.</summary>
    public async Task ExecuteAsync()
    {
        while (await core.PollActivityTaskAsync().ConfigureAwait(false) is { } task)
        {
            switch (task.VariantCase)
            {
                case ActivityTask.VariantOneofCase.Start:
                    Start(task.TaskToken, task.Start);
                    break;
                case ActivityTask.VariantOneofCase.Cancel:
                    // One that has just ended is not there any more.
                    if (_running.TryGetValue(task.TaskToken, out var activity))
                    {
                        activity.Cancel(task.Cancel);
                    }

                    break;
                default:
                    throw new InvalidOperationException($"Unexpected activity task {task.VariantCase}");
            }
        }
    }

    /// <summary>Tells activities that the worker is going; they may go on until the core cancels them.</summary>
    public void NotifyShutdown() =>
        // Not here and now: callbacks are the user's code, and the worker has to go on stopping.
        _ = _shutdown.CancelAsync();

    public void Dispose() => _shutdown.Dispose();

    [LoggerMessage(Level = LogLevel.Error, Message = "A heartbeat could not be recorded; the activity is cancelled.")]
    internal static partial void LogHeartbeatFailed(ILogger logger, Exception exception);

    private void Start(ByteString taskToken, Start start)
    {
        RunningActivity activity;
        try
        {
            activity = new(environment, registry.Find(start.ActivityType), start, taskToken, core, _shutdown.Token);
        }
        catch (Exception e)
        {
            LogRefused(_logger, e, start.ActivityType, start.ActivityId);
            _ = CompleteAsync(taskToken, ActivityOutcome.Failed(DataConverter.Default, e));
            return;
        }

        _running[taskToken] = activity;

        // From the thread pool in any case: a scheduler of the user's own may run the activity there and then.
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Worker.Launch(state.Token, state.Activity), (Worker: this, Token: taskToken, Activity: activity), false);
    }

    private void Launch(ByteString taskToken, RunningActivity activity)
    {
        if (environment.TaskFactory is not { } factory)
        {
            _ = RunAsync(taskToken, activity);
            return;
        }

        var started = false;
        try
        {
            // Not with the factory's token: an activity that never begins would keep its slot, and the worker's stop, for good.
            _ = Task.Factory.StartNew(
                () =>
                {
                    started = true;
                    return RunAsync(taskToken, activity);
                },
                CancellationToken.None,
                factory.CreationOptions,
                factory.Scheduler ?? TaskScheduler.Default);
        }
        catch (Exception e) when (!started)
        {
            LogRefused(_logger, e, activity.Start.ActivityType, activity.Start.ActivityId);
            _running.TryRemove(taskToken, out _);
            _ = CompleteAsync(taskToken, ActivityOutcome.Failed(DataConverter.Default, e));
        }
        catch (Exception e)
        {
            // It runs all the same, and answers for itself.
            LogRefused(_logger, e, activity.Start.ActivityType, activity.Start.ActivityId);
        }
    }

    private async Task RunAsync(ByteString taskToken, RunningActivity activity)
    {
        var result = await ExecuteAsync(activity).ConfigureAwait(false);
        try
        {
            // A heartbeat must not follow a failure or a cancellation, of which it may be the cause; after a success it is only waited for.
            if (result.StatusCase != ActivityExecutionResult.StatusOneofCase.Completed)
            {
                await activity.DrainHeartbeatsAsync().ConfigureAwait(false);
            }

            await CompleteAsync(taskToken, result).ConfigureAwait(false);
            await activity.DrainHeartbeatsAsync().ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(taskToken, out _);
        }
    }

    private async Task<ActivityExecutionResult> ExecuteAsync(RunningActivity activity)
    {
        ActivityExecutionContext.AsyncLocalCurrent.Value = activity.Context;
        try
        {
            ActivityInboundInterceptor inbound = new ActivityInboundRoot(activity);
            foreach (var interceptor in environment.Interceptors.Reverse())
            {
                inbound = interceptor.InterceptActivity(inbound);
            }

            inbound.Init(new ActivityOutboundRoot(activity));
            var input = await InputAsync(activity).ConfigureAwait(false);
            var value = await inbound.ExecuteActivityAsync(input).ConfigureAwait(false);
            return new() { Completed = new() { Result = await activity.Converter.ToPayloadAsync(value).ConfigureAwait(false) } };
        }
        catch (Exception e)
        {
            if (e is not CompleteAsyncException && !activity.CancelRequested)
            {
                LogFailed(activity.Context.Logger, e);
            }

            return await EncodeAsync(activity, ActivityOutcome.OfFailure(activity, e)).ConfigureAwait(false);
        }
    }

    private static async Task<ExecuteActivityInput> InputAsync(RunningActivity activity)
    {
        try
        {
            IReadOnlyList<Payload> payloads = activity.Start.Input;
            IReadOnlyDictionary<string, Payload> headers = activity.Start.HeaderFields;
            if (activity.Converter.PayloadCodec is { } codec)
            {
                // Not in place: the core may start a local activity with the same message again.
                payloads = payloads.Count == 0 ? payloads : [.. await codec.DecodeAsync(payloads).ConfigureAwait(false)];
                var decoded = new Dictionary<string, Payload>();
                foreach (var (key, payload) in headers)
                {
                    decoded[key] = await codec.DecodeSingleAsync(payload).ConfigureAwait(false);
                }

                headers = decoded;
            }

            var definition = activity.Definition;
            object?[] arguments = definition.Dynamic
                ? [ArgumentDecoder.Raw(payloads)]
                : ArgumentDecoder.Decode(activity.Converter.PayloadConverter, definition.ParameterTypeList, definition.RequiredParameterCount, payloads);
            return new(definition, arguments, headers);
        }
        catch (Exception e)
        {
            throw new ApplicationFailureException("Failed decoding parameters", e);
        }
    }

    private async Task<ActivityExecutionResult> EncodeAsync(RunningActivity activity, ActivityExecutionResult result)
    {
        if (activity.Converter.PayloadCodec is { } codec)
        {
            try
            {
                await codec.EncodeFailureAsync(result.Failed?.Failure_ ?? result.Cancelled?.Failure ?? new()).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                LogCodecFailed(_logger, e);
                return ActivityOutcome.Failed(DataConverter.Default, new ApplicationFailureException("Failed encoding the failure of the activity", e));
            }
        }

        return result;
    }

    private async Task CompleteAsync(ByteString taskToken, ActivityExecutionResult result)
    {
        try
        {
            await core.CompleteActivityTaskAsync(new() { TaskToken = taskToken, Result = result }).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogCompletionFailed(_logger, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The activity failed.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Activity {ActivityType} with id {ActivityId} cannot run.")]
    private static partial void LogRefused(ILogger logger, Exception exception, string activityType, string activityId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The payload codec failed.")]
    private static partial void LogCodecFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The result of an activity could not be handed over.")]
    private static partial void LogCompletionFailed(ILogger logger, Exception exception);
}
