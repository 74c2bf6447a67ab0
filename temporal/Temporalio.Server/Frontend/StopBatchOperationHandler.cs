using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Closing;

namespace Temporalio.Server.Frontend;

internal sealed class StopBatchOperationHandler(Engine engine)
{
    public async ValueTask<StopBatchOperationResponse> HandleAsync(StopBatchOperationRequest request, RpcContext context)
    {
        var key = BatchLists.Key(engine, request.Namespace, request.JobId);
        if (request.Reason.Length == 0)
        {
            throw Faults.Invalid("Reason is not set on request.");
        }

        return await engine.Actors.CallAsync(key, "", actor =>
        {
            var step = BatchLists.Require(actor);
            if (!step.Run.IsOpen)
            {
                throw Faults.AlreadyCompleted();
            }

            RunClose.Terminate(step, request.Reason, null, request.Identity);
            return new StopBatchOperationResponse();
        });
    }
}
