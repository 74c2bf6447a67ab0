using Temporalio.Api.Query.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

internal sealed class RespondQueryTaskCompletedHandler(Engine engine)
{
    public async ValueTask<RespondQueryTaskCompletedResponse> HandleAsync(RespondQueryTaskCompletedRequest request, RpcContext context)
    {
        if (request.Namespace.Length > 0)
        {
            engine.Namespaces.Require(request.Namespace);
        }

        var token = TaskToken.Decode(request.TaskToken, request.Namespace);
        var result = new WorkflowQueryResult
        {
            ResultType = request.CompletedType,
            Answer = request.QueryResult,
            ErrorMessage = request.ErrorMessage,
            Failure = request.Failure,
        };
        return await engine.Actors.CallAsync(new WorkflowKey(token.Namespace, token.WorkflowId), token.RunId, actor =>
        {
            if (token.QueryId.Length == 0 || actor.Find(token.RunId)?.Run.Queries is not { } queries || queries.FindDirect(token.QueryId) is not { } query)
            {
                throw Faults.NotFound("query task not found, or already expired");
            }

            queries.Remove(query);
            actor.AfterCommit(new Afterwards(_ => query.Complete(result), query.Fail));
            return new RespondQueryTaskCompletedResponse();
        });
    }
}
