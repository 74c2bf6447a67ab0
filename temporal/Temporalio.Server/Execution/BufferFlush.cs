using Google.Protobuf;
using Google.Protobuf.Reflection;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Server.Execution;

/// <summary>Gives buffered events their ids once no worker holds the workflow task.</summary>
internal static class BufferFlush
{
    /// <summary>Stands for the id of a Started event that is itself still buffered.</summary>
    public const long Buffered = -1;

    private static readonly OneofDescriptor s_attributes = HistoryEvent.Descriptor.Oneofs.Single(o => o.Name == "attributes");

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

    // A completion names its start, which had no id when the completion was buffered. All that can be buffered name it alike.
    private static void Link(Run run, HistoryEvent e)
    {
        if (s_attributes.Accessor.GetCaseFieldDescriptor(e)?.Accessor.GetValue(e) is not IMessage attributes ||
            attributes.Descriptor.FindFieldByName("started_event_id") is not { } started || started.Accessor.GetValue(attributes) is not Buffered)
        {
            return;
        }

        var begun = attributes.Descriptor.FindFieldByName("scheduled_event_id") ?? attributes.Descriptor.FindFieldByName("initiated_event_id");
        started.Accessor.SetValue(attributes, run.FlushedStarts.GetValueOrDefault((long)begun.Accessor.GetValue(attributes)));
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
