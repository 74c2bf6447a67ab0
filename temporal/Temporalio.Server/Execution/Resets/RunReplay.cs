using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.Children;
using Temporalio.Server.Execution.Externals;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Execution.Timers;
using Temporalio.Server.Execution.Updates;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution.Resets;

/// <summary>Makes a run's state from the events of another one: what was pending after the last of them is pending again.</summary>
internal sealed class RunReplay(RunStep step)
{
    private readonly Run _run = step.Run;

    public static RunInfo Info(RunStep source, WorkflowExecutionStartedEventAttributes start)
    {
        var old = source.Run.Info;
        var now = source.Now;
        DateTimeOffset? runEnd = start.WorkflowRunTimeout.IsSet() ? now + start.WorkflowRunTimeout.ToSpan() : null;
        var info = new RunInfo
        {
            Start = NewRun.Kept(start),
            RequestId = old.RequestId,
            StartTime = now,
            ExecutionTime = old.ExecutionTime,
            OriginalStartTime = old.OriginalStartTime,
            RunExpiration = runEnd is { } end && !(old.ExecutionExpiration < end) ? end : old.ExecutionExpiration,
            ExecutionExpiration = old.ExecutionExpiration,
            UserMetadata = old.UserMetadata,
            Memo = start.Memo?.Clone(),
            ResetPoints = start.PrevAutoResetPoints?.Clone(),
            LastResetTime = now,
        };
        RunProperties.Merge(info, start.SearchAttributes);
        return info;
    }

    /// <summary>True while the last event applied leaves a workflow task pending.</summary>
    public bool TaskIsPending { get; private set; }

    public bool TaskIsStarted { get; private set; }

    public void Apply(HistoryEvent e)
    {
        _run.Log.Copy(e);
        switch (e.EventType)
        {
            case EventType.WorkflowExecutionStarted:
                _run.RequestIds[_run.Info.RequestId] = new RequestIdInfo { EventType = e.EventType, EventId = e.EventId };
                break;
            case EventType.WorkflowExecutionSignaled:
                Signaled(e.WorkflowExecutionSignaledEventAttributes);
                break;
            case EventType.WorkflowExecutionCancelRequested:
                _run.Info.CancelRequested = true;
                break;
            case EventType.WorkflowExecutionOptionsUpdated when e.WorkflowExecutionOptionsUpdatedEventAttributes.AttachedRequestId is { Length: > 0 } id:
                _run.RequestIds[id] = new RequestIdInfo { EventType = e.EventType, EventId = e.EventId };
                break;
            case EventType.WorkflowExecutionOptionsUpdated when e.WorkflowExecutionOptionsUpdatedEventAttributes is { AttachedRequestId.Length: 0 } options:
                _run.Info.Start.Priority = options.Priority;
                _run.Info.Start.VersioningOverride = options.VersioningOverride ?? (_run.Info.Start.VersioningOverride is null ? null : new());
                break;
            case EventType.UpsertWorkflowSearchAttributes:
                RunProperties.Merge(_run.Info, e.UpsertWorkflowSearchAttributesEventAttributes.SearchAttributes);
                break;
            case EventType.WorkflowPropertiesModified:
                RunProperties.Merge(_run.Info, e.WorkflowPropertiesModifiedEventAttributes.UpsertedMemo);
                break;
            default:
                ApplyPending(e);
                break;
        }
    }

    private void ApplyPending(HistoryEvent e)
    {
        switch (e.AttributesCase)
        {
            case HistoryEvent.AttributesOneofCase.WorkflowTaskScheduledEventAttributes:
                (TaskIsPending, TaskIsStarted) = (true, false);
                _run.Task.ScheduledEventId = e.EventId;
                break;
            case HistoryEvent.AttributesOneofCase.WorkflowTaskStartedEventAttributes:
                TaskIsStarted = true;
                _run.Task.StartedEventId = e.EventId;
                break;
            case HistoryEvent.AttributesOneofCase.WorkflowTaskCompletedEventAttributes:
                Completed(e.WorkflowTaskCompletedEventAttributes, e.EventId);
                break;
            case HistoryEvent.AttributesOneofCase.WorkflowTaskFailedEventAttributes or HistoryEvent.AttributesOneofCase.WorkflowTaskTimedOutEventAttributes:
                (TaskIsPending, TaskIsStarted) = (false, false);
                break;
            case HistoryEvent.AttributesOneofCase.TimerStartedEventAttributes:
                _run.Timers.Add(PendingTimer.Of(e));
                break;
            case HistoryEvent.AttributesOneofCase.TimerFiredEventAttributes:
                RemoveTimer(e.TimerFiredEventAttributes.TimerId);
                break;
            case HistoryEvent.AttributesOneofCase.TimerCanceledEventAttributes:
                RemoveTimer(e.TimerCanceledEventAttributes.TimerId);
                break;
            case HistoryEvent.AttributesOneofCase.WorkflowExecutionUpdateAdmittedEventAttributes:
                _run.Updates.Add(new UpdateEntry { UpdateId = e.WorkflowExecutionUpdateAdmittedEventAttributes.Request.Meta.UpdateId, AdmittedByEvent = true });
                break;
            case HistoryEvent.AttributesOneofCase.WorkflowExecutionUpdateAcceptedEventAttributes:
                Accepted(e.WorkflowExecutionUpdateAcceptedEventAttributes, e.EventId);
                break;
            case HistoryEvent.AttributesOneofCase.WorkflowExecutionUpdateCompletedEventAttributes:
                Completed(e.WorkflowExecutionUpdateCompletedEventAttributes, e.EventId);
                break;
            default:
                if (!ApplyActivity(e) && !ApplyChild(e))
                {
                    ApplyExternal(e);
                }

                break;
        }
    }

    private bool ApplyActivity(HistoryEvent e)
    {
        var ended = e.ActivityTaskCompletedEventAttributes?.ScheduledEventId ?? e.ActivityTaskFailedEventAttributes?.ScheduledEventId
            ?? e.ActivityTaskTimedOutEventAttributes?.ScheduledEventId ?? e.ActivityTaskCanceledEventAttributes?.ScheduledEventId;
        if (ended is { } id)
        {
            if (_run.Activities.Find(id) is { } activity)
            {
                _run.Activities.Remove(activity);
            }

            return true;
        }

        if (e.ActivityTaskScheduledEventAttributes is not null)
        {
            _run.Activities.Add(PendingActivity.Of(e, step.Now, step.Engine.Store.Generation));
        }
        else if (e.ActivityTaskCancelRequestedEventAttributes is { } cancel && _run.Activities.Find(cancel.ScheduledEventId) is { } canceled)
        {
            canceled.CancelRequested = true;
            canceled.CancelRequestedEventId = e.EventId;
        }

        return e.EventType is EventType.ActivityTaskScheduled or EventType.ActivityTaskStarted or EventType.ActivityTaskCancelRequested;
    }

    private bool ApplyChild(HistoryEvent e)
    {
        var ended = e.StartChildWorkflowExecutionFailedEventAttributes?.InitiatedEventId ?? e.ChildWorkflowExecutionCompletedEventAttributes?.InitiatedEventId
            ?? e.ChildWorkflowExecutionFailedEventAttributes?.InitiatedEventId ?? e.ChildWorkflowExecutionCanceledEventAttributes?.InitiatedEventId
            ?? e.ChildWorkflowExecutionTimedOutEventAttributes?.InitiatedEventId ?? e.ChildWorkflowExecutionTerminatedEventAttributes?.InitiatedEventId;
        if (ended is { } id)
        {
            if (_run.Children.Find(id) is { } child)
            {
                _run.Children.Remove(child);
            }

            return true;
        }

        if (e.StartChildWorkflowExecutionInitiatedEventAttributes is not null)
        {
            _run.Children.Add(PendingChild.Of(e, _run.RunId));
            return true;
        }

        if (e.ChildWorkflowExecutionStartedEventAttributes is { } started && _run.Children.Find(started.InitiatedEventId) is { } running)
        {
            running.Status = ChildStatus.Started;
            running.RunId = started.WorkflowExecution.RunId;
            running.StartedEventId = e.EventId;
            running.Initiated = null;
        }

        return e.EventType == EventType.ChildWorkflowExecutionStarted;
    }

    private void ApplyExternal(HistoryEvent e)
    {
        var ended = e.ExternalWorkflowExecutionSignaledEventAttributes?.InitiatedEventId ?? e.SignalExternalWorkflowExecutionFailedEventAttributes?.InitiatedEventId
            ?? e.ExternalWorkflowExecutionCancelRequestedEventAttributes?.InitiatedEventId ?? e.RequestCancelExternalWorkflowExecutionFailedEventAttributes?.InitiatedEventId;
        if (ended is { } id)
        {
            if (_run.Externals.Find(id) is { } external)
            {
                _run.Externals.Remove(external);
            }
        }
        else if ((e.SignalExternalWorkflowExecutionInitiatedEventAttributes?.Namespace ??
            e.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes?.Namespace) is { } ns)
        {
            var target = step.Engine.Namespaces.Require(ns.Length > 0 ? ns : _run.Workflow.Namespace);
            _run.Externals.Add(PendingExternal.Of(e, target, step.Engine.Ids.NewId()));
        }
    }

    private void Signaled(WorkflowExecutionSignaledEventAttributes signal)
    {
        _run.SignalCount++;
        if (signal.RequestId.Length > 0)
        {
            _run.SignalRequestIds.Add(signal.RequestId);
        }
    }

    private void Completed(WorkflowTaskCompletedEventAttributes completed, long eventId)
    {
        (TaskIsPending, TaskIsStarted) = (false, false);
        _run.Task.LastCompletedStartedId = completed.StartedEventId;
        ResetPointTracking.Note(step, new() { BinaryChecksum = completed.BinaryChecksum, WorkerVersionStamp = completed.WorkerVersion }, eventId);
    }

    private void RemoveTimer(string timerId)
    {
        if (_run.Timers.Find(timerId) is { } timer)
        {
            _run.Timers.Remove(timer);
        }
    }

    private void Accepted(WorkflowExecutionUpdateAcceptedEventAttributes accepted, long eventId)
    {
        var update = _run.Updates.Find(accepted.ProtocolInstanceId);
        if (update is null)
        {
            _run.Updates.Add(update = new UpdateEntry { UpdateId = accepted.ProtocolInstanceId });
        }

        update.Fire(UpdateTrigger.Accept);
        update.AcceptedEventId = eventId;
    }

    private void Completed(WorkflowExecutionUpdateCompletedEventAttributes completed, long eventId)
    {
        if (_run.Updates.Find(completed.Meta.UpdateId) is { } update)
        {
            update.Fire(UpdateTrigger.Complete);
            update.CompletedEventId = eventId;
            update.Outcome = completed.Outcome;
        }
    }
}
