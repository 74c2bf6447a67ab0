using Google.Protobuf;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Worker.Core.History;
using Temporalio.Worker.Core.Runs;

namespace Temporalio.Worker.Core.Replay;

/// <summary>A whole history as the one workflow task that would make a worker replay it.</summary>
internal static class ReplayTask
{
    /// <exception cref="ArgumentException">That is no history of a workflow.</exception>
    public static WorkflowTask Of(string workflowId, Api.History.V1.History history)
    {
        // What comes of it is decoded in place, and the caller may want to replay it again.
        var events = history.Clone().Events;
        if (events.Count == 0)
        {
            throw new ArgumentException("History is empty", nameof(history));
        }

        if (events[0].WorkflowExecutionStartedEventAttributes is not { } started)
        {
            throw new ArgumentException("The first event of a history must be WorkflowExecutionStarted", nameof(history));
        }

        if (started.OriginalExecutionRunId.Length == 0)
        {
            throw new ArgumentException("The first event of a history must contain a run id", nameof(history));
        }

        var (previous, current) = LastTasks(events);
        var pager = HistoryPager.ForTask(workflowId, started.OriginalExecutionRunId, previous, current, events, ByteString.Empty);
        return pager.Next() switch
        {
            PagerStep.Ready ready => new()
            {
                Token = ByteString.CopyFromUtf8("replay"),
                Attempt = 1,
                WorkflowId = workflowId,
                RunId = pager.RunId,
                WorkflowType = started.WorkflowType?.Name ?? throw new ArgumentException("The history's workflow has no type", nameof(history)),
                Update = ready.Update,
                Pager = pager,
            },
            _ => throw new ArgumentException("The history is not complete", nameof(history)),
        };
    }

    /// <summary>
    /// The last two workflow tasks that count. A history that ends in a started task is to be answered; any other is taken as whole,
    /// which makes its last task a past one.
    /// </summary>
    private static (long Previous, long Current) LastTasks(IReadOnlyList<HistoryEvent> events)
    {
        long current = 0;
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].EventType is not EventType.WorkflowTaskStarted)
            {
                continue;
            }

            if (i + 1 == events.Count)
            {
                return (current, events[i].EventId);
            }

            if (events[i + 1].EventType is EventType.WorkflowTaskCompleted)
            {
                current = events[i].EventId;
            }
        }

        return (current, current);
    }
}
