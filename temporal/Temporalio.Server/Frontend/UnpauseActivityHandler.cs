using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Activities;

namespace Temporalio.Server.Frontend;

internal sealed class UnpauseActivityHandler(Engine engine)
{
    public async ValueTask<UnpauseActivityResponse> HandleAsync(UnpauseActivityRequest request, RpcContext context)
    {
        var selection = new ActivitySelection(request.UnpauseAll, request.HasId ? request.Id : null, request.HasType ? request.Type : null);
        await selection.ForEachAsync(engine, request.Namespace, request.Execution, (step, activity) => ActivityOperations.Unpause(step, activity, request.ResetAttempts, request.ResetHeartbeat));
        return new UnpauseActivityResponse();
    }
}
