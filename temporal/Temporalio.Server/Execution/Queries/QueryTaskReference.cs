using Google.Protobuf;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Server.Frontend;
using Temporalio.Server.Matching;

namespace Temporalio.Server.Execution.Queries;

/// <summary>A query that waits for a worker, with no workflow task to ride on.</summary>
internal sealed class QueryTaskReference : PendingTask
{
    private readonly PendingQuery _query;

    private QueryTaskReference(Run run, PendingQuery query, TaskQueueKey queue)
        : base(run.Workflow, run.RunId, queue) => _query = query;

    public static QueryTaskReference Of(Run run, PendingQuery query)
    {
        var normal = new TaskQueueKey(run.Workflow.Namespace, run.Info.TaskQueue, TaskQueueType.Workflow);
        return run.Task.Sticky is { } sticky
            ? new QueryTaskReference(run, query, normal with { Name = sticky.Queue }) { NormalQueue = normal }
            : new QueryTaskReference(run, query, normal);
    }

    public override TaskStart? TryStart(ActorStep step, Poller poller)
    {
        if (step.Find(RunId) is not { Run: { } run } || run.Queries.FindDirect(_query.Id) is null || _query.Sent)
        {
            return null;
        }

        _query.Sent = true;
        // A worker that has the workflow in memory needs nothing to answer; any other needs everything, and so does every worker once the
        // run was ended from outside: that came with events that no worker has seen.
        var endedOutside = run.Info.Status is WorkflowExecutionStatus.Terminated or WorkflowExecutionStatus.TimedOut;
        var knows = !endedOutside && run.Task.Sticky is { } sticky && sticky.Queue == poller.Queue.Name;
        var to = run.Log.DurableNextEventId;
        return new QueryTaskStart
        {
            Workflow = Workflow,
            RunId = RunId,
            QueryId = _query.Id,
            Token = TaskToken.OfQuery(run, _query.Id).Encode(),
            Query = _query.Query,
            WorkflowType = run.Info.Start.WorkflowType.Name,
            NormalQueue = run.Info.TaskQueue,
            PreviousStartedEventId = run.Task.LastCompletedStartedId,
            History = HistorySlice.Of(run, knows ? to : 1, to, []),
        };
    }
}

/// <summary>A query as its worker gets it.</summary>
internal sealed record QueryTaskStart : TaskStart
{
    public required string QueryId { get; init; }

    public required ByteString Token { get; init; }

    public required WorkflowQuery Query { get; init; }

    public required string WorkflowType { get; init; }

    public required string NormalQueue { get; init; }

    public required long PreviousStartedEventId { get; init; }

    public required HistorySlice History { get; init; }

    public override void Abandon(ActorStep step)
    {
        if (step.Find(RunId) is { } run && run.Run.Queries.FindDirect(QueryId) is { } query)
        {
            query.Sent = false;
            QueryDispatch.Send(run, query);
        }
    }
}
