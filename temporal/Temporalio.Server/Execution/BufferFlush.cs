using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Server.Execution;

/// <summary>Gives buffered events their ids once no worker holds the workflow task.</summary>
internal static class BufferFlush
{
    /// <summary>Stands for the id of a Started event that is itself still buffered.</summary>
    public const long Buffered = -1;

    /// <summary>Writes what was buffered; true if there was anything, so that the workflow has to look.</summary>
    public static bool Flush(RunStep step)
    {
        var run = step.Run;
        if (run.Buffer.Count == 0)
        {
            return false;
        }

        foreach (var e in run.Buffer.Take())
        {
            Link(run, e);
            Note(run, step.Append(e));
        }

        run.FlushedStarts.Clear();
        return true;
    }

    // A completion names its start, which had no id when the completion was buffered.
    private static void Link(Run run, HistoryEvent e)
    {
        switch (e.AttributesCase)
        {
            case HistoryEvent.AttributesOneofCase.ActivityTaskCompletedEventAttributes when e.ActivityTaskCompletedEventAttributes is { StartedEventId: Buffered } a:
                a.StartedEventId = run.FlushedStarts.GetValueOrDefault(a.ScheduledEventId);
                break;
            case HistoryEvent.AttributesOneofCase.ActivityTaskFailedEventAttributes when e.ActivityTaskFailedEventAttributes is { StartedEventId: Buffered } a:
                a.StartedEventId = run.FlushedStarts.GetValueOrDefault(a.ScheduledEventId);
                break;
            case HistoryEvent.AttributesOneofCase.ActivityTaskTimedOutEventAttributes when e.ActivityTaskTimedOutEventAttributes is { StartedEventId: Buffered } a:
                a.StartedEventId = run.FlushedStarts.GetValueOrDefault(a.ScheduledEventId);
                break;
            case HistoryEvent.AttributesOneofCase.ActivityTaskCanceledEventAttributes when e.ActivityTaskCanceledEventAttributes is { StartedEventId: Buffered } a:
                a.StartedEventId = run.FlushedStarts.GetValueOrDefault(a.ScheduledEventId);
                break;
            case HistoryEvent.AttributesOneofCase.ChildWorkflowExecutionCompletedEventAttributes when e.ChildWorkflowExecutionCompletedEventAttributes is { StartedEventId: Buffered } a:
                a.StartedEventId = run.FlushedStarts.GetValueOrDefault(a.InitiatedEventId);
                break;
            case HistoryEvent.AttributesOneofCase.ChildWorkflowExecutionFailedEventAttributes when e.ChildWorkflowExecutionFailedEventAttributes is { StartedEventId: Buffered } a:
                a.StartedEventId = run.FlushedStarts.GetValueOrDefault(a.InitiatedEventId);
                break;
            case HistoryEvent.AttributesOneofCase.ChildWorkflowExecutionCanceledEventAttributes when e.ChildWorkflowExecutionCanceledEventAttributes is { StartedEventId: Buffered } a:
                a.StartedEventId = run.FlushedStarts.GetValueOrDefault(a.InitiatedEventId);
                break;
            case HistoryEvent.AttributesOneofCase.ChildWorkflowExecutionTimedOutEventAttributes when e.ChildWorkflowExecutionTimedOutEventAttributes is { StartedEventId: Buffered } a:
                a.StartedEventId = run.FlushedStarts.GetValueOrDefault(a.InitiatedEventId);
                break;
            case HistoryEvent.AttributesOneofCase.ChildWorkflowExecutionTerminatedEventAttributes when e.ChildWorkflowExecutionTerminatedEventAttributes is { StartedEventId: Buffered } a:
                a.StartedEventId = run.FlushedStarts.GetValueOrDefault(a.InitiatedEventId);
                break;
        }
    }

    private static void Note(Run run, HistoryEvent e)
    {
        switch (e.EventType)
        {
            case EventType.ActivityTaskStarted:
                run.FlushedStarts[e.ActivityTaskStartedEventAttributes.ScheduledEventId] = e.EventId;
                break;
            case EventType.ChildWorkflowExecutionStarted:
                run.FlushedStarts[e.ChildWorkflowExecutionStartedEventAttributes.InitiatedEventId] = e.EventId;
                if (run.Children.Find(e.ChildWorkflowExecutionStartedEventAttributes.InitiatedEventId) is { } child)
                {
                    child.StartedEventId = e.EventId;
                }

                break;
            case EventType.WorkflowExecutionOptionsUpdated when run.RequestIds.GetValueOrDefault(e.WorkflowExecutionOptionsUpdatedEventAttributes.AttachedRequestId) is { } attached:
                attached.Buffered = false;
                attached.EventId = e.EventId;
                break;
        }
    }
}
