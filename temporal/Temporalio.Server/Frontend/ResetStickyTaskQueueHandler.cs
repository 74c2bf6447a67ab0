using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Tasks;

namespace Temporalio.Server.Frontend;

internal sealed class ResetStickyTaskQueueHandler(Engine engine)
{
    public async ValueTask<ResetStickyTaskQueueResponse> HandleAsync(ResetStickyTaskQueueRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.Execution);
        return await engine.Actors.CallAsync(workflow, request.Execution.RunId, actor =>
        {
            var step = actor.Require(request.Execution.RunId);
            if (!step.Run.IsOpen)
            {
                throw Faults.AlreadyCompleted();
            }

            WorkflowTasks.ClearSticky(step);
            step.Touch();
            return new ResetStickyTaskQueueResponse();
        });
    }
}
