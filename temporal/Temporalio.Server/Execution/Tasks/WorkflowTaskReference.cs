using Google.Protobuf;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Server.Execution.Queries;
using Temporalio.Server.Execution.Updates;
using Temporalio.Server.Frontend;
using Temporalio.Server.Matching;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution.Tasks;

/// <summary>A workflow task that waits for a worker.</summary>
internal sealed class WorkflowTaskReference(WorkflowKey workflow, string runId, TaskQueueKey queue, long stamp) : PendingTask(workflow, runId, queue)
{
    public override TaskStart? TryStart(ActorStep step, Poller poller)
    {
        if (step.Find(RunId) is not { } run || !run.Run.IsOpen || run.Run.Task.Status != WorkflowTaskStatus.Scheduled || run.Run.Task.Stamp != stamp)
        {
            return null;
        }

        // A worker that is not the sticky one has nothing in memory, and the next tasks follow it only if it says so.
        var partial = run.Run.Task.Sticky is { } sticky && sticky.Queue == poller.Queue.Name;
        if (!partial)
        {
            WorkflowTasks.ClearSticky(run);
        }

        WorkflowTasks.Start(run, poller.Identity, poller.BuildId, poller.RequestId, step.Engine.Options.DurableStarts);
        return WorkflowTaskStart.Of(run, partial);
    }
}

/// <summary>A workflow task as its worker gets it.</summary>
internal sealed record WorkflowTaskStart : TaskStart, IMayLeaveEarly
{
    public required ByteString Token { get; init; }

    public required string WorkflowType { get; init; }

    public required string NormalQueue { get; init; }

    public required long PreviousStartedEventId { get; init; }

    public required long StartedEventId { get; init; }

    public required int Attempt { get; init; }

    public required HistorySlice History { get; init; }

    public required DateTimeOffset ScheduledTime { get; init; }

    public required DateTimeOffset StartedTime { get; init; }

    public IReadOnlyList<Message> Messages { get; init; } = [];

    public IReadOnlyDictionary<string, WorkflowQuery>? Queries { get; init; }

    private long Stamp { get; init; }

    /// <summary>Describes the task that was just started.</summary>
    public static WorkflowTaskStart Of(RunStep step, bool partial)
    {
        var run = step.Run;
        var task = run.Task;
        var from = partial ? task.LastCompletedStartedId + 1 : 1;
        // Batches that this step wrote are part of what the worker sees.
        run.Log.Seal();
        return new WorkflowTaskStart
        {
            Token = TaskToken.OfWorkflowTask(step).Encode(),
            Workflow = run.Workflow,
            RunId = run.RunId,
            WorkflowType = run.Info.Start.WorkflowType.Name,
            NormalQueue = run.Info.TaskQueue,
            PreviousStartedEventId = task.LastCompletedStartedId,
            StartedEventId = task.StartedEventId,
            Attempt = task.Attempt,
            History = HistorySlice.Of(run, from, run.Log.NextEventId, WorkflowTasks.UnwrittenEvents(run, withIdentity: true)),
            ScheduledTime = task.ScheduledTime,
            StartedTime = task.StartedTime,
            Messages = UpdateDelivery.Take(step),
            Queries = QueryAttachment.Take(run),
            Stamp = task.Stamp,
        };
    }

    public override void Abandon(ActorStep step)
    {
        if (step.Find(RunId) is { } run && run.Run.Task is { IsStarted: true } task && task.Stamp == Stamp && task.VolatileStart)
        {
            WorkflowTaskAbandonment.Abandon(run);
        }
    }
}
