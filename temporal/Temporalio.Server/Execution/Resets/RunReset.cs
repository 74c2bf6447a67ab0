using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.Children;
using Temporalio.Server.Execution.Closing;
using Temporalio.Server.Execution.Externals;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Execution.Updates;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Execution.Resets;

/// <summary>
/// What a reset copies: the transactions before its point, and the events after it that may be applied again, those of the runs in which
/// the base run continued as new among them. <paramref name="Read"/> says how far each of these runs was read, the base run first.
/// </summary>
internal sealed record ResetSource(IReadOnlyList<RunPosition> Read, IReadOnlyList<History> Before, IReadOnlyList<HistoryEvent> After)
{
    public string BaseRunId => Read[0].RunId;
}

/// <summary>A place in a run's history.</summary>
internal readonly record struct RunPosition(string RunId, long NextEventId);

/// <summary>Goes back to a point of a run: a new run has the history up to there, and the workflow id's open run ends.</summary>
internal static class RunReset
{
    /// <summary>Makes the new run; <see langword="false"/> if a run has moved on since its history was read.</summary>
    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT: the point is not one between two tasks.</exception>
    public static bool Reset(ActorStep actor, ResetSource source, ResetWorkflowExecutionRequest request, string runId)
    {
        var origin = actor.Require(source.BaseRunId);
        foreach (var read in source.Read)
        {
            // A run that is not at hand is closed, and stays as it is.
            if (actor.Find(read.RunId) is { } known && known.Run.Log.NextEventId != read.NextEventId)
            {
                return false;
            }
        }

        List<HistoryEvent> after = [.. source.After, .. actor.Find(source.Read[^1].RunId)?.Run.Buffer.Events ?? []];
        var run = new Run(actor.Workflow, runId, RunReplay.Info(origin, source.Before[0].Events[0].WorkflowExecutionStartedEventAttributes));
        var step = new RunStep(actor, run);
        var replay = new RunReplay(step);
        foreach (var batch in source.Before)
        {
            foreach (var e in batch.Events)
            {
                replay.Apply(e);
            }

            run.Log.Seal();
        }

        if (!replay.TaskIsPending)
        {
            throw Faults.Invalid(
                $"Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: {request.WorkflowTaskFinishEventId}");
        }

        origin.Run.Info.ResetRunId = runId;
        origin.Touch();
        if (actor.Current is { Run.IsOpen: true } current)
        {
            RunClose.Terminate(current, request.Reason, null, "history-resetter");
        }

        step = actor.Add(run);
        FailTask(step, replay, source.BaseRunId, request.Reason);
        foreach (var e in after)
        {
            Reapply(step, e, request);
        }

        foreach (var operation in request.PostResetOperations)
        {
            step.Append(new HistoryEvent
            {
                EventType = EventType.WorkflowExecutionOptionsUpdated,
                WorkerMayIgnore = true,
                WorkflowExecutionOptionsUpdatedEventAttributes = new() { VersioningOverride = operation.UpdateWorkflowOptions.WorkflowExecutionOptions?.VersioningOverride },
            });
        }

        Resume(step);
        return true;
    }

    private static void FailTask(RunStep step, RunReplay replay, string baseRunId, string reason)
    {
        var task = step.Run.Task;
        if (!replay.TaskIsStarted)
        {
            task.StartedEventId = step.Append(new HistoryEvent
            {
                EventType = EventType.WorkflowTaskStarted,
                WorkflowTaskStartedEventAttributes = new()
                {
                    ScheduledEventId = task.ScheduledEventId, Identity = "history-service", RequestId = "emptyUuid", HistorySizeBytes = step.Run.Log.SizeBytes,
                },
            }).EventId;
        }

        step.Append(new HistoryEvent
        {
            EventType = EventType.WorkflowTaskFailed,
            WorkflowTaskFailedEventAttributes = new()
            {
                ScheduledEventId = task.ScheduledEventId,
                StartedEventId = task.StartedEventId,
                Cause = WorkflowTaskFailedCause.ResetWorkflow,
                Failure = new() { Message = reason, ResetWorkflowFailureInfo = new() },
                Identity = "history-service",
                BaseRunId = baseRunId,
                NewRunId = step.Run.RunId,
            },
        });
        task.ScheduledEventId = 0;
        task.StartedEventId = 0;
    }

    private static void Reapply(RunStep step, HistoryEvent e, ResetWorkflowExecutionRequest request)
    {
#pragma warning disable CS0612 // Clients of the last years say it this way.
        var none = request.ResetReapplyType == ResetReapplyType.None;
        var signalsOnly = request.ResetReapplyType == ResetReapplyType.Signal;
#pragma warning restore CS0612
        if (e.WorkflowExecutionSignaledEventAttributes is { } signal && !none && !request.ResetReapplyExcludeTypes.Contains(ResetReapplyExcludeType.Signal))
        {
            Signals.Add(step, signal.Clone(), e.Links, schedule: false);
            return;
        }

        var update = e.WorkflowExecutionUpdateAdmittedEventAttributes?.Request ?? e.WorkflowExecutionUpdateAcceptedEventAttributes?.AcceptedRequest;
        if (update is not null && !none && !signalsOnly && !request.ResetReapplyExcludeTypes.Contains(ResetReapplyExcludeType.Update) &&
            step.Run.Updates.Find(update.Meta.UpdateId) is null)
        {
            step.Append(new HistoryEvent
            {
                EventType = EventType.WorkflowExecutionUpdateAdmitted,
                WorkflowExecutionUpdateAdmittedEventAttributes = new() { Request = update, Origin = UpdateAdmittedEventOrigin.Reapply },
            });
            step.Run.Updates.Add(new UpdateEntry { UpdateId = update.Meta.UpdateId, AdmittedByEvent = true });
        }
    }

    // What was pending at the point is pending again.
    private static void Resume(RunStep step)
    {
        var run = step.Run;
        WorkflowTasks.EnsureScheduled(step);
        foreach (var activity in run.Activities.All)
        {
            ActivityLifecycle.Dispatch(step, activity);
        }

        foreach (var external in run.Externals.All)
        {
            ExternalDelivery.Send(step, external);
        }

        foreach (var child in run.Children.All)
        {
            if (child.Status == ChildStatus.Initiated)
            {
                ChildStart.Send(step, child, null);
            }
        }

        if (Deadlines.Next(run) is { } due)
        {
            step.WakeAt(due);
        }
    }
}
