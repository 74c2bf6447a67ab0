using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Bridge.Api.ActivityResult;
using Temporalio.Bridge.Api.WorkflowCommands;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using ProtoActivityCancellationType = Temporalio.Bridge.Api.WorkflowCommands.ActivityCancellationType;
using ProtoVersioningIntent = Temporalio.Bridge.Api.Common.VersioningIntent;

namespace Temporalio.Worker.Instance;

/// <summary>The activities that one run has scheduled on the server.</summary>
internal sealed class RemoteActivities(WorkflowInstance instance)
{
    private readonly Dictionary<uint, PendingActivity> _pending = [];

    public Task<TResult> ScheduleAsync<TResult>(ScheduleActivityInput input)
    {
        var options = input.Options;
        if (options.StartToCloseTimeout is null && options.ScheduleToCloseTimeout is null)
        {
            throw new ArgumentException("Activity options must have StartToCloseTimeout or ScheduleToCloseTimeout");
        }

        var token = options.CancellationToken ?? instance.CancellationToken;
        if (token.IsCancellationRequested)
        {
            return Task.FromException<TResult>(new CanceledFailureException("Activity cancelled before scheduled"));
        }

        var seq = instance.NextActivitySeq();
        var activityId = options.ActivityId ?? seq.ToString();
        var taskQueue = options.TaskQueue ?? instance.Info.TaskQueue;
        var context = new ISerializationContext.Activity(
            instance.Info.Namespace, activityId, instance.Info.WorkflowId, instance.Info.WorkflowType, input.Activity, taskQueue, false);
        var converter = instance.Converters.Bind(seq, context);
        instance.AddCommand(new()
        {
            ScheduleActivity = Command(input, seq, activityId, taskQueue, converter.PayloadConverter),
            UserMetadata = instance.Metadata(options.Summary, null),
        });
        var pending = new PendingActivity<TResult>(instance, seq, converter);
        _pending.Add(seq, pending);
        pending.CancelledBy(token);
        return instance.Traces.Track(pending.Task);
    }

    public void Resolve(uint seq, ActivityResolution resolution)
    {
        if (_pending.Remove(seq, out var pending))
        {
            pending.Resolve(resolution);
        }
    }

    private ScheduleActivity Command(ScheduleActivityInput input, uint seq, string activityId, string taskQueue, IPayloadConverter converter)
    {
        var options = input.Options;
        var command = new ScheduleActivity
        {
            Seq = seq,
            ActivityId = activityId,
            ActivityType = input.Activity,
            TaskQueue = taskQueue,
            Arguments = { converter.ToPayloads(input.Args) },
            ScheduleToCloseTimeout = options.ScheduleToCloseTimeout?.ToDuration(),
            ScheduleToStartTimeout = options.ScheduleToStartTimeout?.ToDuration(),
            StartToCloseTimeout = options.StartToCloseTimeout?.ToDuration(),
            HeartbeatTimeout = options.HeartbeatTimeout?.ToDuration(),
            RetryPolicy = options.RetryPolicy?.ToProto(),
            CancellationType = (ProtoActivityCancellationType)options.CancellationType,
            DoNotEagerlyExecute = options.DisableEagerActivityExecution || instance.Environment.DisableEagerActivities,
            Priority = options.Priority?.ToProto(),
#pragma warning disable CS0618 // Obsolete, still carried to the server.
            VersioningIntent = (ProtoVersioningIntent)options.VersioningIntent,
#pragma warning restore CS0618
        };
        command.Headers.AddAll(input.Headers);
        return command;
    }

    private abstract class PendingActivity
    {
        public abstract void Resolve(ActivityResolution resolution);
    }

    private sealed class PendingActivity<TResult>(WorkflowInstance instance, uint seq, DataConverter converter) : PendingActivity
    {
        private readonly TaskCompletionSource<TResult> _source = new();
        private CancellationTokenRegistration _registration;

        public Task<TResult> Task => _source.Task;

        public void CancelledBy(CancellationToken token) =>
            _registration = token.UnsafeRegister(static activity => ((PendingActivity<TResult>)activity!).Cancel(), this);

        public override void Resolve(ActivityResolution resolution)
        {
            _registration.Dispose();
            instance.Converters.Release(seq);
            _source.Settle(converter, resolution);
        }

        // The core answers with a resolution, at once or later, as the cancellation type says.
        private void Cancel()
        {
            if (instance.Scheduler.Admits() && !_source.Task.IsCompleted)
            {
                instance.AddCommand(new() { RequestCancelActivity = new() { Seq = seq } });
            }
        }
    }
}
