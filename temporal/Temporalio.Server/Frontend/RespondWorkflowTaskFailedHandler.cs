using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Closing;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

internal sealed class RespondWorkflowTaskFailedHandler(Engine engine)
{
    public async ValueTask<RespondWorkflowTaskFailedResponse> HandleAsync(RespondWorkflowTaskFailedRequest request, RpcContext context)
    {
        if (request.Namespace.Length > 0)
        {
            engine.Namespaces.Require(request.Namespace);
        }

        var token = TaskToken.Decode(request.TaskToken, request.Namespace);
        Requests.CheckIdentity(request.Identity);
        return await engine.Actors.CallAsync(new WorkflowKey(token.Namespace, token.WorkflowId), token.RunId, actor =>
        {
            if (actor.Find(token.RunId) is { Run.IsOpen: false })
            {
                throw Faults.AlreadyCompleted();
            }

            var step = RespondWorkflowTaskCompletedHandler.Task(actor, token);
            if (request.Cause == WorkflowTaskFailedCause.GrpcMessageTooLarge)
            {
                // The next worker's answer would be no smaller.
                RunClose.Terminate(step, "GrpcMessageTooLarge", null, "history-service");
                return new RespondWorkflowTaskFailedResponse();
            }

            WorkflowTaskFailure.Fail(step, request.Cause, request.Failure, request.Identity, request.BinaryChecksum);
            return new RespondWorkflowTaskFailedResponse();
        });
    }
}
