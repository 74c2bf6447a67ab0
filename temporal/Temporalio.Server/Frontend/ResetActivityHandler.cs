using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Activities;

namespace Temporalio.Server.Frontend;

internal sealed class ResetActivityHandler(Engine engine)
{
    public async ValueTask<ResetActivityResponse> HandleAsync(ResetActivityRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.Execution);
        var selection = new ActivitySelection(request.MatchAll, request.HasId ? request.Id : null, request.HasType ? request.Type : null);
        selection.Check();
        return await engine.Actors.CallAsync(workflow, request.Execution.RunId, actor =>
        {
            var step = actor.Require(request.Execution.RunId);
            foreach (var activity in selection.Of(step))
            {
                ActivityOperations.Reset(step, activity, request.KeepPaused, request.ResetHeartbeat);
            }

            return new ResetActivityResponse();
        });
    }
}
