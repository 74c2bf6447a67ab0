using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Matching;

namespace Temporalio.Server.Execution.Tasks;

/// <summary>Schedules the run's workflow task and starts it for a worker.</summary>
internal static class WorkflowTasks
{
    private const int MaxQuickAttempts = 3;

    private static readonly TimeSpan s_speculativeScheduleToStart = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_retryBackoff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_maxRetryBackoff = TimeSpan.FromMinutes(10);

    /// <summary>Something happened that the workflow has to look at: a task is scheduled unless there is one, or a delay holds the first back.</summary>
    public static void EnsureScheduled(RunStep step)
    {
        if (step.Run.Info.AwaitsFirstTask || step.Run.Info.HeldByParent)
        {
            return;
        }

        if (!step.Run.Task.IsPending)
        {
            Schedule(step, speculative: false);
        }
    }

    public static void Schedule(RunStep step, bool speculative, DateTimeOffset? originalScheduledTime = null, bool dispatch = true)
    {
        var run = step.Run;
        var task = run.Task;
        task.Fire(WorkflowTaskTrigger.Schedule);
        task.Kind = task.Attempt > 1 ? WorkflowTaskKind.Transient : speculative ? WorkflowTaskKind.Speculative : WorkflowTaskKind.Normal;
        task.Stamp++;
        task.ScheduledTime = step.Now;
        task.OriginalScheduledTime = originalScheduledTime ?? step.Now;
        task.StartToClose = TimeoutOf(run, step);
        task.OnStickyQueue = task.Sticky is not null;
        task.Queue = task.Sticky?.Queue ?? run.Info.TaskQueue;
        task.ScheduleToStartDeadline = null;
        if (task.Kind == WorkflowTaskKind.Normal)
        {
            task.ScheduledEventId = step.Append(ScheduledEvent(run)).EventId;
        }
        else
        {
            task.ScheduledEventId = run.Log.NextEventId;
            if (!speculative)
            {
                step.Touch();
            }
        }

        if (!dispatch)
        {
            return;
        }

        Dispatch(step);
    }

    /// <summary>Hands the pending task to matching. One that only a certain worker or caller waits for does not wait for good.</summary>
    public static void Dispatch(RunStep step)
    {
        var task = step.Run.Task;
        if (task.OnStickyQueue || task.Kind == WorkflowTaskKind.Speculative)
        {
            var deadline = task.ScheduleToStartDeadline ??= step.Now + (task.Sticky?.ScheduleToStart ?? s_speculativeScheduleToStart);
            step.WakeAt(deadline);
        }

        step.Actor.WorkflowTasks.Add(Reference(step.Run));
    }

    /// <summary>What matching keeps of the pending task.</summary>
    public static WorkflowTaskReference Reference(Run run)
    {
        var key = new TaskQueueKey(run.Workflow.Namespace, run.Task.Queue, TaskQueueType.Workflow);
        var normal = run.Task.OnStickyQueue ? key with { Name = run.Info.TaskQueue } : (TaskQueueKey?)null;
        return new WorkflowTaskReference(run.Workflow, run.RunId, key, run.Task.Stamp)
        {
            NormalQueue = normal,
            Priority = run.Info.Start.Priority is { PriorityKey: > 0 } priority ? priority.PriorityKey : 3,
        };
    }

    /// <summary>
    /// Starts the pending task. Its Started event is volatile: nothing else gets an id until the worker answers, and after a crash the
    /// task is simply scheduled again.
    /// </summary>
    public static void Start(RunStep step, string identity, string buildId, string requestId, bool durable)
    {
        var run = step.Run;
        var task = run.Task;
        if (task.Kind == WorkflowTaskKind.Transient && task.ScheduledEventId != run.Log.NextEventId)
        {
            // Events came after the failure: the repeated attempt has become an ordinary task.
            task.Attempt = 1;
            task.Kind = WorkflowTaskKind.Normal;
            task.StartToClose = TimeoutOf(run, step);
            task.ScheduledEventId = step.Append(ScheduledEvent(run)).EventId;
        }

        task.Fire(WorkflowTaskTrigger.Start);
        task.StartedTime = step.Now;
        task.Identity = identity;
        task.BuildId = buildId;
        task.RequestId = requestId;
        task.ScheduleToStartDeadline = null;
        task.HistorySize = run.Log.SizeBytes;
        task.HasManyEvents = run.Log.NextEventId - 1 >= step.Engine.Options.SuggestContinueAsNewEvents;
        task.HasManyBytes = run.Log.SizeBytes >= step.Engine.Options.SuggestContinueAsNewBytes;
        if (task.Kind == WorkflowTaskKind.Normal)
        {
            if (durable)
            {
                task.StartedEventId = step.Append(StartedEvent(run)).EventId;
            }
            else
            {
                // A transaction of its own, so that what this step wrote before stays a batch.
                run.Log.Seal();
                task.StartedEventId = run.Log.Append(StartedEvent(run), step.Now).EventId;
                run.Log.SealVolatile();
                task.VolatileStart = true;
            }
        }
        else
        {
            task.StartedEventId = task.ScheduledEventId + 1;
            task.VolatileStart = true;
        }

        step.WakeAt(task.StartedTime + task.StartToClose);
    }

    /// <summary>Writes the events that a transient or speculative task has kept back; from then on it is an ordinary one.</summary>
    public static void Write(RunStep step, bool withIdentity = true)
    {
        var run = step.Run;
        var task = run.Task;
        if (!task.IsUnwritten)
        {
            return;
        }

        var started = task.IsStarted;
        task.Kind = WorkflowTaskKind.Normal;
        // With the times that the worker was shown: a workflow's clock is its task's start, and a replay has to see the same.
        task.ScheduledEventId = step.Append(ScheduledEvent(run), task.ScheduledTime).EventId;
        if (started)
        {
            var e = StartedEvent(run);
            e.WorkflowTaskStartedEventAttributes.Identity = withIdentity ? task.Identity : "";
            task.StartedEventId = step.Append(e, task.StartedTime).EventId;
        }

        task.VolatileStart = false;
    }

    /// <summary>The events that a pending task would write, with the ids they would get: what a worker and a reader see of them.</summary>
    public static IReadOnlyList<HistoryEvent> UnwrittenEvents(Run run, bool withIdentity)
    {
        var task = run.Task;
        if (!task.IsUnwritten || task.ScheduledEventId != run.Log.NextEventId)
        {
            return [];
        }

        var scheduled = ScheduledEvent(run);
        scheduled.EventId = task.ScheduledEventId;
        scheduled.EventTime = task.ScheduledTime.ToProto();
        if (!task.IsStarted)
        {
            return [scheduled];
        }

        var started = StartedEvent(run);
        started.EventId = task.StartedEventId;
        started.EventTime = task.StartedTime.ToProto();
        if (!withIdentity)
        {
            started.WorkflowTaskStartedEventAttributes.Identity = "";
        }

        return [scheduled, started];
    }

    public static void ClearSticky(RunStep step)
    {
        if (step.Run.Task.Sticky is not null)
        {
            step.Run.Task.Sticky = null;
        }
    }

    private static TimeSpan TimeoutOf(Run run, RunStep step)
    {
        if (run.Task.Attempt <= MaxQuickAttempts)
        {
            return run.Info.TaskTimeout;
        }

        var backoff = s_retryBackoff * Math.Pow(2, Math.Min(run.Task.Attempt - MaxQuickAttempts - 1, 20));
        backoff = backoff < s_maxRetryBackoff ? backoff : s_maxRetryBackoff;
        return run.Info.TaskTimeout + (backoff * (0.8 + (0.2 * step.Engine.Ids.NextFraction())));
    }

    private static HistoryEvent ScheduledEvent(Run run) => new()
    {
        EventType = EventType.WorkflowTaskScheduled,
        WorkflowTaskScheduledEventAttributes = new()
        {
            TaskQueue = new Api.TaskQueue.V1.TaskQueue
            {
                Name = run.Task.Queue,
                Kind = run.Task.QueueKind,
                NormalName = run.Task.OnStickyQueue ? run.Info.TaskQueue : "",
            },
            StartToCloseTimeout = run.Task.StartToClose.ToProto(),
            Attempt = run.Task.Attempt,
        },
    };

    private static IEnumerable<SuggestContinueAsNewReason> ContinueAsNewReasons(WorkflowTaskState task)
    {
        if (task.HasManyBytes)
        {
            yield return SuggestContinueAsNewReason.HistorySizeTooLarge;
        }

        if (task.HasManyEvents)
        {
            yield return SuggestContinueAsNewReason.TooManyHistoryEvents;
        }
    }

    private static HistoryEvent StartedEvent(Run run) => new()
    {
        EventType = EventType.WorkflowTaskStarted,
        WorkflowTaskStartedEventAttributes = new()
        {
            ScheduledEventId = run.Task.ScheduledEventId,
            Identity = run.Task.Identity,
            RequestId = run.Task.RequestId,
            HistorySizeBytes = run.Task.HistorySize,
            SuggestContinueAsNew = run.Task.HasManyBytes || run.Task.HasManyEvents,
            SuggestContinueAsNewReasons = { ContinueAsNewReasons(run.Task) },
            WorkerVersion = run.Task.BuildId.Length > 0 ? new() { BuildId = run.Task.BuildId } : null,
        },
    };
}
