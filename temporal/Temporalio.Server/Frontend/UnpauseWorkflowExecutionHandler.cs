using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Store;

namespace Temporalio.Server.Frontend;

/// <summary>No workflow is ever paused; whoever asks is told so in the order of the original's checks.</summary>
internal sealed class UnpauseWorkflowExecutionHandler(Engine engine)
{
    public async ValueTask<UnpauseWorkflowExecutionResponse> HandleAsync(UnpauseWorkflowExecutionRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        if (Requests.TooLong(request.Reason))
        {
            throw Faults.Invalid("reason is too long.");
        }

        if (request.WorkflowId.Length == 0)
        {
            throw Faults.Invalid("Can't load workflow execution.  WorkflowId not set.");
        }

        Requests.CheckRunUuid(request.RunId);
        return await engine.Actors.CallAsync<UnpauseWorkflowExecutionResponse>(new WorkflowKey(request.Namespace, request.WorkflowId), request.RunId, actor =>
            throw (actor.Require(request.RunId).Run.IsOpen
                ? new RpcFault(RpcStatusCode.FailedPrecondition, "workflow is not paused.")
                : Faults.AlreadyCompleted()));
    }
}
