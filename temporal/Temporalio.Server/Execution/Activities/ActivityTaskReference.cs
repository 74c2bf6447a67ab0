using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Frontend;
using Temporalio.Server.Matching;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution.Activities;

/// <summary>An activity's attempt that waits for a worker.</summary>
internal sealed class ActivityTaskReference(WorkflowKey workflow, string runId, TaskQueueKey queue, long scheduledEventId, long stamp)
    : PendingTask(workflow, runId, queue)
{
    public override TaskStart? TryStart(ActorStep step, Poller poller)
    {
        if (step.Find(RunId) is not { } run || !run.Run.IsOpen ||
            run.Run.Activities.Find(scheduledEventId) is not { Status: ActivityStatus.Scheduled, IsPaused: false } activity || activity.Stamp != stamp)
        {
            return null;
        }

        if (activity.Generation > run.Engine.Store.Generation)
        {
            // Scheduled by a server that has taken over: this one does not know it yet, and its numbers of attempts are old.
            return null;
        }

        ActivityLifecycle.Start(run, activity, poller.Identity, poller.RequestId);
        return ActivityTaskStart.Of(run, activity);
    }
}

/// <summary>An activity's attempt as its worker gets it.</summary>
internal sealed record ActivityTaskStart : TaskStart
{
    public required ByteString Token { get; init; }

    public required string WorkflowType { get; init; }

    public required long ScheduledEventId { get; init; }

    /// <summary>Input, header and more; <see langword="null"/> if they have to be read from history.</summary>
    public required ActivityTaskScheduledEventAttributes? Scheduled { get; init; }

    public required int Attempt { get; init; }

    public required Payloads? HeartbeatDetails { get; init; }

    public required DateTimeOffset ScheduledTime { get; init; }

    public required DateTimeOffset AttemptScheduledTime { get; init; }

    public required DateTimeOffset StartedTime { get; init; }

    public required TimeSpan ScheduleToClose { get; init; }

    public required TimeSpan StartToClose { get; init; }

    public required RetryPolicy RetryPolicy { get; init; }

    public required Priority? Priority { get; init; }

    private long Stamp { get; init; }

    public static ActivityTaskStart Of(RunStep step, PendingActivity activity) => new()
    {
        Token = TaskToken.OfActivity(step, activity).Encode(),
        Workflow = step.Run.Workflow,
        RunId = step.Run.RunId,
        WorkflowType = step.Run.Info.Start.WorkflowType.Name,
        ScheduledEventId = activity.ScheduledEventId,
        Scheduled = activity.Scheduled,
        Attempt = activity.ShownAttempt,
        HeartbeatDetails = activity.HeartbeatDetails,
        ScheduledTime = activity.ScheduledTime,
        AttemptScheduledTime = activity.AttemptScheduledTime,
        StartedTime = activity.StartedTime,
        ScheduleToClose = activity.ScheduleToClose,
        StartToClose = activity.StartToClose,
        RetryPolicy = activity.RetryPolicy,
        Priority = activity.Priority,
        Stamp = activity.Stamp,
    };

    public override void Abandon(ActorStep step)
    {
        if (step.Find(RunId) is { } run && run.Run.Activities.Find(ScheduledEventId) is { IsStarted: true } activity && activity.Stamp == Stamp)
        {
            activity.Fire(ActivityTrigger.TakeBack);
            activity.Stamp++;
            activity.VolatileStart = false;
            run.Touch();
            ActivityLifecycle.Dispatch(run, activity);
        }
    }
}
