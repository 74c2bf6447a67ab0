using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Activities;

namespace Temporalio.Server.Frontend;

internal sealed class PauseActivityHandler(Engine engine)
{
    public async ValueTask<PauseActivityResponse> HandleAsync(PauseActivityRequest request, RpcContext context)
    {
        var workflow = Requests.Execution(engine, request.Namespace, request.Execution);
        var selection = new ActivitySelection(false, request.HasId ? request.Id : null, request.HasType ? request.Type : null);
        selection.Check();
        return await engine.Actors.CallAsync(workflow, request.Execution.RunId, actor =>
        {
            var step = actor.Require(request.Execution.RunId);
            foreach (var activity in selection.Of(step))
            {
                ActivityOperations.Pause(step, activity, request.Identity, request.Reason);
            }

            return new PauseActivityResponse();
        });
    }
}
