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

        if (CommandRunner.Check(step, request) is { } refusal)
        {
            return Refuse(step, request, refusal);
        }

        if (SpeculativeTasks.CanDiscard(run, request))
        {
            return SpeculativeTasks.Discard(step, request);
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
        QueryAttachment.Answer(step, request.QueryResults);
        var outcome = CommandRunner.Run(step, request, completed.EventId);
        if (request.Messages.Count > 0)
        {
            UpdateWaiters.Reach(step);
        }

        return run.IsOpen ? Continue(step, request, outcome, identity) : new CompletionResult(null, [], 0);
    }

    /// <summary>
    /// A task for updates that came while the last one was out; <see langword="null"/> unless the worker gets it with the answer. Queries
    /// that waited for a task are asked directly if there is none.
    /// </summary>
    public static WorkflowTaskStart? ScheduleForWaiting(RunStep step, RespondWorkflowTaskCompletedRequest request, string identity)
    {
        if (step.Run.Updates.HasUnsent)
        {
            return ScheduleNext(step, request, identity, speculative: true, null);
        }

        QueryDispatch.DispatchAttached(step);
        return null;
    }

    private static CompletionResult Continue(RunStep step, RespondWorkflowTaskCompletedRequest request, CommandOutcome outcome, string identity)
    {
        UpdateWaiters.RejectUnprocessed(step);
        var flushed = BufferFlush.Flush(step);
        if (!flushed && !request.ForceCreateNewWorkflowTask && !outcome.NeedsTask)
        {
            return new CompletionResult(ScheduleForWaiting(step, request, identity), outcome.EagerActivities, 0);
        }

        // A worker that only asks for time has been at the same task all along.
        var heartbeat = request.ForceCreateNewWorkflowTask && request.Commands.Count == 0 && !flushed && !outcome.NeedsTask;
        var next = ScheduleNext(step, request, identity, speculative: false, heartbeat ? step.Run.Task.OriginalScheduledTime : null);
        return new CompletionResult(next, outcome.EagerActivities, 0);
    }

    private static WorkflowTaskStart? ScheduleNext(RunStep step, RespondWorkflowTaskCompletedRequest request, string identity, bool speculative, DateTimeOffset? since)
    {
        WorkflowTasks.Schedule(step, speculative, since, dispatch: !request.ReturnNewWorkflowTask);
        if (!request.ReturnNewWorkflowTask)
        {
            return null;
        }

        WorkflowTasks.Start(step, identity, request.WorkerVersionStamp?.BuildId ?? "", InlineRequestId, durable: true);
        return WorkflowTaskStart.Of(step, partial: true);
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

        if (refusal.Terminates)
        {
            WorkflowTaskFailure.FailForGood(step, refusal.Cause, new() { Message = refusal.Text, ServerFailureInfo = new() }, request.Identity);
            throw fault;
        }

        if (refusal.Cause == WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage)
        {
            UpdateWaiters.FailSent(step);
        }

        WorkflowTaskFailure.Fail(step, refusal.Cause, new() { Message = refusal.Text, ServerFailureInfo = new() }, request.Identity, request.BinaryChecksum);
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
            WorkerDeploymentName = request.DeploymentOptions?.DeploymentName ?? "",
        },
    };
}

/// <summary>What the worker gets back: its next task if it asked for it, and activities it may begin at once.</summary>
internal sealed record CompletionResult(WorkflowTaskStart? NextTask, IReadOnlyList<Activities.ActivityTaskStart> EagerActivities, long ResetHistoryEventId);
