using Google.Protobuf.WellKnownTypes;
using Temporalio.Bridge.Api.ActivityResult;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using ProtoActivityCancellationType = Temporalio.Bridge.Api.WorkflowCommands.ActivityCancellationType;

namespace Temporalio.Worker.Instance;

/// <summary>The local activities of one run. A long backoff between two attempts is a timer here, and the next attempt a new one.</summary>
internal sealed class LocalActivities(WorkflowInstance instance)
{
    private readonly Dictionary<uint, TaskCompletionSource<ActivityResolution>> _pending = [];

    public Task<TResult> ScheduleAsync<TResult>(ScheduleLocalActivityInput input)
    {
        var options = input.Options;
        if (options.StartToCloseTimeout is null && options.ScheduleToCloseTimeout is null)
        {
            throw new ArgumentException("Activity options must have StartToCloseTimeout or ScheduleToCloseTimeout");
        }

        var token = options.CancellationToken ?? instance.CancellationToken;
        return token.IsCancellationRequested
            ? Task.FromException<TResult>(new CanceledFailureException("Activity cancelled before scheduled"))
            : instance.Traces.Track(RunAsync<TResult>(input, token));
    }

    public void Resolve(uint seq, ActivityResolution resolution)
    {
        if (_pending.Remove(seq, out var source))
        {
            source.TrySetResult(resolution);
        }
    }

    private async Task<TResult> RunAsync<TResult>(ScheduleLocalActivityInput input, CancellationToken token)
    {
        uint attempt = 1;
        Timestamp? originalScheduleTime = null;
        while (true)
        {
            var seq = instance.NextActivitySeq();
            var activityId = input.Options.ActivityId ?? seq.ToString();
            var info = instance.Info;
            var context = new ISerializationContext.Activity(
                info.Namespace, activityId, info.WorkflowId, info.WorkflowType, input.Activity, info.TaskQueue, true);
            var converter = instance.Converters.Bind(seq, context);
            instance.AddCommand(new()
            {
                ScheduleLocalActivity = Command(input, seq, activityId, attempt, originalScheduleTime, converter.PayloadConverter),
                UserMetadata = instance.Metadata(input.Options.Summary, null),
            });
            var source = new TaskCompletionSource<ActivityResolution>();
            _pending.Add(seq, source);
            ActivityResolution resolution;
            using (token.UnsafeRegister(_ => Cancel(seq), null))
            {
                resolution = await source.Task;
            }

            instance.Converters.Release(seq);
            if (resolution.StatusCase != ActivityResolution.StatusOneofCase.Backoff)
            {
                var result = new TaskCompletionSource<TResult>();
                result.Settle(converter, resolution);
                return await result.Task;
            }

            await BackOffAsync(resolution.Backoff, token);
            attempt = resolution.Backoff.Attempt;
            originalScheduleTime = resolution.Backoff.OriginalScheduleTime;
        }
    }

    private async Task BackOffAsync(DoBackoff backoff, CancellationToken token)
    {
        try
        {
            await instance.Timers.DelayAsync(new(backoff.BackoffDuration.ToTimeSpan(), token, null));
        }
        catch (OperationCanceledException e) when (token.IsCancellationRequested)
        {
            throw new CanceledFailureException("Local activity cancelled during backoff", e);
        }
    }

    private void Cancel(uint seq)
    {
        if (instance.Scheduler.Admits() && _pending.ContainsKey(seq))
        {
            instance.AddCommand(new() { RequestCancelLocalActivity = new() { Seq = seq } });
        }
    }

    private static ScheduleLocalActivity Command(
        ScheduleLocalActivityInput input, uint seq, string activityId, uint attempt, Timestamp? originalScheduleTime, IPayloadConverter converter)
    {
        var options = input.Options;
        var command = new ScheduleLocalActivity
        {
            Seq = seq,
            ActivityId = activityId,
            ActivityType = input.Activity,
            Attempt = attempt,
            OriginalScheduleTime = originalScheduleTime,
            Arguments = { converter.ToPayloads(input.Args) },
            ScheduleToCloseTimeout = options.ScheduleToCloseTimeout?.ToDuration(),
            ScheduleToStartTimeout = options.ScheduleToStartTimeout?.ToDuration(),
            StartToCloseTimeout = options.StartToCloseTimeout?.ToDuration(),
            RetryPolicy = options.RetryPolicy?.ToProto(),
            LocalRetryThreshold = options.LocalRetryThreshold?.ToDuration(),
            CancellationType = (ProtoActivityCancellationType)options.CancellationType,
        };
        command.Headers.AddAll(input.Headers);
        return command;
    }
}
