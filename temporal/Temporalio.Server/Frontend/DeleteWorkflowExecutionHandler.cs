using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Closing;

namespace Temporalio.Server.Frontend;

internal sealed class DeleteWorkflowExecutionHandler(Engine engine)
{
    public async ValueTask<DeleteWorkflowExecutionResponse> HandleAsync(DeleteWorkflowExecutionRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.WorkflowExecution);
        return await engine.Actors.CallAsync(workflow, request.WorkflowExecution.RunId, actor =>
        {
            Delete(actor.Require(request.WorkflowExecution.RunId));
            return new DeleteWorkflowExecutionResponse();
        });
    }

    /// <summary>Removes a run; an open one ends first.</summary>
    public static void Delete(RunStep step)
    {
        if (step.Run.IsOpen)
        {
            // Whoever waits for it, or is its parent, learns that it is over.
            RunClose.Terminate(step, "Delete workflow execution", null, "history-service");
        }

        step.Actor.Delete(step.Run);
    }
}
