using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Execution.Queries;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Execution.Updates;

namespace Temporalio.Server.Execution.Tasks;

/// <summary>A speculative task that changed nothing leaves no trace.</summary>
internal static class SpeculativeTasks
{
    // A worker that has read this much of the history should not have to read it again for the next update.
    private const int MaxEventsRead = 10;

    /// <summary>Whether the task can be dropped: its updates were all rejected and the worker has nothing else to say.</summary>
    public static bool CanDiscard(Run run, RespondWorkflowTaskCompletedRequest request)
    {
        var task = run.Task;
        if (task.Kind != WorkflowTaskKind.Speculative || request.Commands.Count > 0 || request.ForceCreateNewWorkflowTask || run.Buffer.Count > 0)
        {
            return false;
        }

        foreach (var message in request.Messages)
        {
            if (UpdateMessages.KindOf(message) != UpdateMessageKind.Rejection)
            {
                return false;
            }
        }

        // With its own completion alone before it, the worker has learned nothing that the next task would not tell it anyway.
        var read = task.ScheduledEventId - task.LastCompletedStartedId - 2;
        return read == 0 || (request.Capabilities?.DiscardSpeculativeWorkflowTaskWithEvents == true && read <= MaxEventsRead);
    }

    /// <summary>Drops the task; what it told the worker about history has to be forgotten back to the answer's event.</summary>
    public static CompletionResult Discard(RunStep step, RespondWorkflowTaskCompletedRequest request)
    {
        var run = step.Run;
        var task = run.Task;
        var identity = task.Identity;
        foreach (var message in request.Messages)
        {
            UpdateMessages.Apply(step, message);
        }

        UpdateWaiters.RejectUnprocessed(step);
        task.VolatileStart = false;
        task.Fire(WorkflowTaskTrigger.Drop);
        task.StartedEventId = 0;
        task.ScheduledEventId = 0;
        task.Sticky = request.StickyAttributes?.WorkerTaskQueue is { Name.Length: > 0 } queue
            ? new Stickiness(queue.Name, request.StickyAttributes.ScheduleToStartTimeout.ToSpan())
            : null;
        QueryAttachment.Answer(step, request.QueryResults);
        var next = WorkflowTaskCompletion.ScheduleForWaiting(step, request, identity);
        return new CompletionResult(next, [], task.LastCompletedStartedId);
    }
}
