using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Frontend;

internal sealed class DescribeWorkflowExecutionHandler(Engine engine)
{
    public async ValueTask<DescribeWorkflowExecutionResponse> HandleAsync(DescribeWorkflowExecutionRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.Execution);
        return await engine.Actors.CallAsync(workflow, request.Execution.RunId, actor => RunDescription.Of(actor.Require(request.Execution.RunId).Run, engine));
    }
}
