using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Frontend;

internal sealed class DescribeWorkflowExecutionHandler(Engine engine)
{
    public async ValueTask<DescribeWorkflowExecutionResponse> HandleAsync(DescribeWorkflowExecutionRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.Execution);

        // A copy: parts of the description are the run's own, such as its reset points, which may grow while the answer is written.
        return await engine.Actors.CallAsync(workflow, request.Execution.RunId, actor => RunDescription.Of(actor.Require(request.Execution.RunId).Run, engine).Clone());
    }
}
