using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Queries;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

internal sealed class QueryWorkflowHandler(Engine engine)
{
    public async ValueTask<QueryWorkflowResponse> HandleAsync(QueryWorkflowRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.Execution);
        if (request.Query is null)
        {
            throw Faults.Invalid("WorkflowQuery is not set on request.");
        }

        if (request.Query.QueryType.Length == 0)
        {
            throw Faults.Invalid("QueryType is not set on request.");
        }

        SizeLimits.Check(request.Query.QueryArgs);
        var asked = await engine.Actors.CallAsync(workflow, request.Execution.RunId, actor =>
        {
            var step = actor.Require(request.Execution.RunId);
            return QueryDispatch.IsRejected(step.Run, request.QueryRejectCondition)
                ? new Asked(step.Run.RunId, null, step.Run.Info.Status, null)
                : new Asked(step.Run.RunId, QueryDispatch.Ask(step, request.Query, context.Deadline), step.Run.Info.Status, step.Run.Task.Sticky?.ScheduleToStart);
        });
        return asked.Query is { } query
            ? Response(await AnswerAsync(workflow, asked, query, context))
            : new QueryWorkflowResponse { QueryRejected = new() { Status = asked.Status } };
    }

    private static QueryWorkflowResponse Response(WorkflowQueryResult result) => result.ResultType == QueryResultType.Answered
        ? new QueryWorkflowResponse { QueryResult = result.Answer }
        : throw new RpcFault(RpcStatusCode.InvalidArgument, result.ErrorMessage, new QueryFailedFailure { Failure = result.Failure });

    private async Task<WorkflowQueryResult> AnswerAsync(WorkflowKey workflow, Asked asked, PendingQuery query, RpcContext context)
    {
        try
        {
            if (asked.StickyPatience is { } patience)
            {
                if (!await LongPolls.CompletesAsync(engine, query.Answer, patience, context.CancellationToken))
                {
                    engine.Actors.Post(workflow, Notice(asked.RunId, step => QueryDispatch.LeaveSticky(step, query)));
                }
            }

            if (!await LongPolls.CompletesAsync(engine, query.Answer, engine.Options.TaskPollTimeout, context.CancellationToken))
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                throw new RpcFault(RpcStatusCode.DeadlineExceeded, "No worker answered the query in time.");
            }

            return await query.Answer;
        }
        finally
        {
            if (!query.Answer.IsCompleted)
            {
                engine.Actors.Post(workflow, Notice(asked.RunId, step => QueryDispatch.Forget(step, query)));
            }
        }
    }

    private static ActorNotice Notice(string runId, Action<RunStep> action) => new(actor =>
    {
        if (actor.Find(runId) is { } step)
        {
            action(step);
        }
    })
    { RunId = runId };

    private sealed record Asked(string RunId, PendingQuery? Query, WorkflowExecutionStatus Status, TimeSpan? StickyPatience);
}
