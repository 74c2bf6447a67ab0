using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Closing;

namespace Temporalio.Server.Frontend;

internal sealed class TerminateWorkflowExecutionHandler(Engine engine)
{
    private const string DefaultReason = "terminated by user via frontend";

    public async ValueTask<TerminateWorkflowExecutionResponse> HandleAsync(TerminateWorkflowExecutionRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.WorkflowExecution);
        Requests.CheckRunId(request.FirstExecutionRunId);
        Links.Check(request.Links);
        return await engine.Actors.CallAsync(workflow, request.WorkflowExecution.RunId, actor =>
        {
            var step = actor.Require(request.WorkflowExecution.RunId);
            if (request.FirstExecutionRunId.Length > 0 && step.Run.Info.Start.FirstExecutionRunId != request.FirstExecutionRunId)
            {
                throw Faults.NotFound("workflow execution not found");
            }

            if (!step.Run.IsOpen)
            {
                throw Faults.AlreadyCompleted();
            }

            var reason = request.Reason.Length > 0 ? request.Reason : DefaultReason;
            RunClose.Terminate(step, reason, request.Details, request.Identity, request.Links);
            return new TerminateWorkflowExecutionResponse();
        });
    }
}
