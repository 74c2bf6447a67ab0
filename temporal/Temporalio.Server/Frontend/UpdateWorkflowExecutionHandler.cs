using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Updates;

namespace Temporalio.Server.Frontend;

internal sealed class UpdateWorkflowExecutionHandler(Engine engine)
{
    public async ValueTask<UpdateWorkflowExecutionResponse> HandleAsync(UpdateWorkflowExecutionRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.WorkflowExecution);
        UpdateRequests.Check(engine, request);
        var (runId, view, waiter) = await engine.Actors.CallAsync(workflow, request.WorkflowExecution.RunId, actor =>
        {
            var step = actor.Require(request.WorkflowExecution.RunId);
            if (request.FirstExecutionRunId.Length > 0 && step.Run.Info.Start.FirstExecutionRunId != request.FirstExecutionRunId)
            {
                throw Faults.NotFound("workflow execution not found");
            }

            var (found, wait) = UpdateAdmission.Admit(step, request.Request, UpdateRequests.Stage(request));
            return (step.Run.RunId, found, wait);
        });
        var result = await UpdateAnswers.WaitAsync(engine, workflow, runId, (view, waiter), context);
        return UpdateRequests.Response(workflow, result, request);
    }
}
