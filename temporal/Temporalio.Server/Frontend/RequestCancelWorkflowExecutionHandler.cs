using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Frontend;

internal sealed class RequestCancelWorkflowExecutionHandler(Engine engine)
{
    public async ValueTask<RequestCancelWorkflowExecutionResponse> HandleAsync(RequestCancelWorkflowExecutionRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.WorkflowExecution);
        Links.Check(request.Links);
        return await engine.Actors.CallAsync(workflow, request.WorkflowExecution.RunId, actor =>
        {
            var step = actor.Require(request.WorkflowExecution.RunId);
            if (!step.Run.IsOpen)
            {
                return new RequestCancelWorkflowExecutionResponse();
            }

            if (request.FirstExecutionRunId.Length > 0 && step.Run.Info.Start.FirstExecutionRunId != request.FirstExecutionRunId)
            {
                throw Faults.NotFound("workflow execution not found");
            }

            Cancellation.Request(step, new() { Cause = request.Reason, Identity = request.Identity }, request.RequestId, request.Links);
            return new RequestCancelWorkflowExecutionResponse();
        });
    }
}
