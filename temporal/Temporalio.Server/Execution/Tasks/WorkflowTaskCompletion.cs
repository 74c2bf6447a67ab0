using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Commands;
using Temporalio.Server.Execution.Queries;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Execution.Updates;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Execution.Tasks;

/// <summary>A worker's answer to a workflow task: everything it says happens, or nothing does.</summary>
internal static class WorkflowTaskCompletion
{
    private const string InlineRequestId = "request-from-RespondWorkflowTaskCompleted";

    /// <exception cref="RpcFault">NOT_FOUND for a task that is no longer the worker's; INVALID_ARGUMENT for an answer that was refused.</exception>
    public static CompletionResult Complete(RunStep step, RespondWorkflowTaskCompletedRequest request)
    {
        var run = step.Run;
        var task = run.Task;
        if (CommandRunner.CheckSequence(request.Commands) is { } sequence)
        {
            throw new RpcFault(RpcStatusCode.InvalidArgument, sequence);
        }

        if (SpeculativeTasks.TryDiscard(step, request) is { } discarded)
        {
            return discarded;
        }

        if (CommandRunner.Check(step, request) is { } refusal)
        {
            return Refuse(step, request, refusal);
        }

        WorkflowTasks.Write(step);
        var started = task.StartedEventId;
        var completed = step.Append(CompletedEvent(task, request));
        task.VolatileStart = false;
        task.Fire(WorkflowTaskTrigger.Finish);
        var identity = task.Identity;
        task.Attempt = 1;
        task.LastCompletedStartedId = started;
        task.Closing = false;
        task.Sticky = request.StickyAttributes?.WorkerTaskQueue is { Name.Length: > 0 } queue
            ? new Stickiness(queue.Name, request.StickyAttributes.ScheduleToStartTimeout.ToSpan())
            : null;
        ResetPointTracking.Note(step, request, completed.EventId);
        var outcome = CommandRunner.Run(step, request, completed.EventId);
        QueryAttachment.Answer(step, request.QueryResults);
        return run.IsOpen ? Continue(step, request, outcome, identity) : new CompletionResult(null, [], 0);
    }

    private static CompletionResult Continue(RunStep step, RespondWorkflowTaskCompletedRequest request, CommandOutcome outcome, string identity)
    {
        var run = step.Run;
        var task = run.Task;
        var originalScheduledTime = task.OriginalScheduledTime;
        var flushed = BufferFlush.Flush(step);
        var wanted = flushed || request.ForceCreateNewWorkflowTask || outcome.NeedsTask;
        var heartbeat = request.ForceCreateNewWorkflowTask && request.Commands.Count == 0 && !flushed && !outcome.NeedsTask;
        var speculative = !wanted && run.Updates.HasUnsent;
        WorkflowTaskStart? next = null;
        if (wanted || speculative || run.Queries.HasUnsent)
        {
            WorkflowTasks.Schedule(step, speculative, heartbeat ? originalScheduledTime : null, dispatch: !request.ReturnNewWorkflowTask);
            if (request.ReturnNewWorkflowTask)
            {
                WorkflowTasks.Start(step, identity, InlineRequestId, durable: true);
                next = WorkflowTaskStart.Of(step, partial: true);
            }
        }

        return new CompletionResult(next, outcome.EagerActivities, 0);
    }

    private static CompletionResult Refuse(RunStep step, RespondWorkflowTaskCompletedRequest request, CommandRefusal refusal)
    {
        var task = step.Run.Task;
        var fault = Faults.CommandRefused(refusal);
        if (task.Kind == WorkflowTaskKind.Transient)
        {
            // Said once already. The worker's silence lets the task run into its time-out, which paces the attempts.
            throw fault;
        }

        WorkflowTaskFailure.Fail(step, refusal.Cause, new() { Message = refusal.Message, ServerFailureInfo = new() { NonRetryable = true } }, request.Identity, request.BinaryChecksum);
        task.Closing = refusal.Cause == WorkflowTaskFailedCause.UnhandledCommand;
        throw fault;
    }

    private static HistoryEvent CompletedEvent(WorkflowTaskState task, RespondWorkflowTaskCompletedRequest request) => new()
    {
        EventType = EventType.WorkflowTaskCompleted,
        WorkflowTaskCompletedEventAttributes = new()
        {
            ScheduledEventId = task.ScheduledEventId,
            StartedEventId = task.StartedEventId,
            Identity = request.Identity,
            BinaryChecksum = request.BinaryChecksum,
            WorkerVersion = request.WorkerVersionStamp,
            SdkMetadata = request.SdkMetadata,
            MeteringMetadata = request.MeteringMetadata,
            Deployment = request.Deployment,
            VersioningBehavior = request.VersioningBehavior,
        },
    };
}

/// <summary>What the worker gets back: its next task if it asked for it, and activities it may begin at once.</summary>
internal sealed record CompletionResult(WorkflowTaskStart? NextTask, IReadOnlyList<Activities.ActivityTaskStart> EagerActivities, long ResetHistoryEventId);
