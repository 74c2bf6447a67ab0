using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Frontend;

/// <summary>A run as people see it.</summary>
internal static class RunDescription
{
    // What the original server sends for "no such time": its language's zero time.
    private static readonly Timestamp s_zeroTime = new() { Seconds = -62135596800 };

    public static DescribeWorkflowExecutionResponse Of(Run run, Engine engine)
    {
        var response = new DescribeWorkflowExecutionResponse
        {
            ExecutionConfig = Config(run),
            WorkflowExecutionInfo = Info(run, engine),
            WorkflowExtendedInfo = Extended(run),
            PendingWorkflowTask = PendingTask(run),
        };
        foreach (var activity in run.Activities.All)
        {
            response.PendingActivities.Add(Activity(activity, engine));
        }

        foreach (var child in run.Children.All)
        {
            response.PendingChildren.Add(new PendingChildExecutionInfo
            {
                WorkflowId = child.Workflow.WorkflowId,
                RunId = child.RunId,
                WorkflowTypeName = child.Type,
                InitiatedId = child.InitiatedEventId,
                ParentClosePolicy = child.ClosePolicy,
            });
        }

        return response;
    }

    private static WorkflowExecutionConfig Config(Run run) => new()
    {
        TaskQueue = new() { Name = run.Info.TaskQueue, Kind = TaskQueueKind.Normal },
        WorkflowExecutionTimeout = run.Info.Start.WorkflowExecutionTimeout,
        WorkflowRunTimeout = run.Info.Start.WorkflowRunTimeout,
        DefaultWorkflowTaskTimeout = run.Info.Start.WorkflowTaskTimeout,
        UserMetadata = run.Info.UserMetadata,
    };

    private static WorkflowExecutionInfo Info(Run run, Engine engine)
    {
        var info = run.Info;
        var start = info.Start;
        return new WorkflowExecutionInfo
        {
            Execution = Execution(run),
            Type = start.WorkflowType,
            StartTime = info.StartTime.ToProto(),
            CloseTime = info.CloseTime?.ToProto(),
            ExecutionTime = info.ExecutionTime.ToProto(),
            ExecutionDuration = info.CloseTime is { } closed ? (closed - info.ExecutionTime).ToProto() : null,
            Status = info.Status,
            HistoryLength = run.Log.NextEventId - 1,
            HistorySizeBytes = run.Log.SizeBytes,
            StateTransitionCount = info.StateTransitions,
            ParentNamespaceId = start.ParentWorkflowNamespaceId,
            ParentExecution = start.ParentWorkflowExecution,
            RootExecution = start.RootWorkflowExecution ?? Execution(run),
            FirstRunId = start.FirstExecutionRunId,
            TaskQueue = info.TaskQueue,
            Memo = info.Memo ?? new Memo(),
            SearchAttributes = info.SearchAttributes ?? new SearchAttributes(),
            AutoResetPoints = info.ResetPoints ?? new ResetPoints(),
            Priority = start.Priority,
            VersioningInfo = start.VersioningOverride is { } o ? new() { VersioningOverride = WorkflowOptions.IsSet(o) ? o : null } : null,
        };
    }

    private static WorkflowExecution Execution(Run run) => new() { WorkflowId = run.Workflow.WorkflowId, RunId = run.RunId };

    private static WorkflowExecutionExtendedInfo Extended(Run run)
    {
        var info = run.Info;
        var extended = new WorkflowExecutionExtendedInfo
        {
            ExecutionExpirationTime = info.ExecutionExpiration?.ToProto(),
            RunExpirationTime = info.RunExpiration?.ToProto() ?? s_zeroTime,
            CancelRequested = info.CancelRequested,
            LastResetTime = info.LastResetTime?.ToProto(),
            ResetRunId = info.ResetRunId,
            OriginalStartTime = info.OriginalStartTime.ToProto(),
        };
        foreach (var (id, entry) in run.RequestIds)
        {
            extended.RequestIdInfos.Add(id, entry);
        }

        return extended;
    }

    private static PendingWorkflowTaskInfo? PendingTask(Run run)
    {
        var task = run.Task;
        return task.IsPending
            ? new PendingWorkflowTaskInfo
            {
                State = task.IsStarted ? PendingWorkflowTaskState.Started : PendingWorkflowTaskState.Scheduled,
                ScheduledTime = task.ScheduledTime.ToProto(),
                OriginalScheduledTime = task.OriginalScheduledTime.ToProto(),
                StartedTime = task.IsStarted ? task.StartedTime.ToProto() : null,
                Attempt = task.Attempt,
            }
            : null;
    }

    private static PendingActivityInfo Activity(PendingActivity activity, Engine engine)
    {
        var info = new PendingActivityInfo
        {
            ActivityId = activity.ActivityId,
            ActivityType = new() { Name = activity.Type },
            State = activity switch
            {
                { CancelRequested: true } => PendingActivityState.CancelRequested,
                { IsPaused: true, IsStarted: true } => PendingActivityState.PauseRequested,
                { IsPaused: true } => PendingActivityState.Paused,
                { IsStarted: true } => PendingActivityState.Started,
                _ => PendingActivityState.Scheduled,
            },
            HeartbeatDetails = activity.HeartbeatDetails,
            LastHeartbeatTime = activity.LastHeartbeatTime?.ToProto(),
            Attempt = activity.IsStarted ? activity.ShownAttempt : activity.Attempt,
            MaximumAttempts = activity.RetryPolicy.MaximumAttempts,
            ExpirationTime = activity.Expiration?.ToProto(),
            LastFailure = activity.LastFailure,
            LastWorkerIdentity = activity.Identity,
            LastAttemptCompleteTime = activity.LastAttemptCompleteTime?.ToProto(),
            Priority = activity.Priority,
            ActivityOptions = new()
            {
                TaskQueue = new() { Name = activity.TaskQueue, NormalName = activity.TaskQueue },
                ScheduleToCloseTimeout = activity.ScheduleToClose.ToProto(),
                ScheduleToStartTimeout = activity.ScheduleToStart.ToProto(),
                StartToCloseTimeout = activity.StartToClose.ToProto(),
                HeartbeatTimeout = activity.Heartbeat.ToProto(),
                RetryPolicy = WithoutTypes(activity.RetryPolicy),
                Priority = activity.Priority,
            },
        };
        if (activity.Pause is { } pause)
        {
            info.Paused = true;
            info.PauseInfo = new() { PauseTime = pause.Time.ToProto(), Manual = new() { Identity = pause.Identity, Reason = pause.Reason } };
        }

        info.ScheduledTime = activity.AttemptScheduledTime.ToProto();
        if (activity.IsStarted)
        {
            info.LastStartedTime = activity.StartedTime.ToProto();
        }
        else if (activity is { Status: ActivityStatus.Backoff, IsPaused: false })
        {
            info.NextAttemptScheduleTime = activity.AttemptScheduledTime.ToProto();
            info.CurrentRetryInterval = activity.CurrentBackoff.ToProto();
        }

        return info;
    }

    private static RetryPolicy WithoutTypes(RetryPolicy policy)
    {
        var shown = policy.Clone();
        shown.NonRetryableErrorTypes.Clear();
        return shown;
    }
}
