using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Activities;

namespace Temporalio.Server.Frontend;

internal sealed class ResetActivityHandler(Engine engine)
{
    public async ValueTask<ResetActivityResponse> HandleAsync(ResetActivityRequest request, RpcContext context)
    {
        var selection = new ActivitySelection(request.MatchAll, request.HasId ? request.Id : null, request.HasType ? request.Type : null);
        await selection.ForEachAsync(engine, request.Namespace, request.Execution, (step, activity) => ActivityOperations.Reset(step, activity, request.KeepPaused, request.ResetHeartbeat));
        return new ResetActivityResponse();
    }
}
