using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Activities;

namespace Temporalio.Server.Frontend;

internal sealed class PauseActivityHandler(Engine engine)
{
    public async ValueTask<PauseActivityResponse> HandleAsync(PauseActivityRequest request, RpcContext context)
    {
        var selection = new ActivitySelection(false, request.HasId ? request.Id : null, request.HasType ? request.Type : null);
        await selection.ForEachAsync(engine, request.Namespace, request.Execution, (step, activity) => ActivityOperations.Pause(step, activity, request.Identity, request.Reason));
        return new PauseActivityResponse();
    }
}
