using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Schedules;

namespace Temporalio.Server.Frontend;

internal sealed class PatchScheduleHandler(Engine engine)
{
    public async ValueTask<PatchScheduleResponse> HandleAsync(PatchScheduleRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        if (request.Patch is null)
        {
            throw Faults.Invalid("Patch is not set on request.");
        }

        var key = ScheduleRequests.Key(engine, request.Namespace, request.ScheduleId);
        return await engine.Actors.CallAsync(key, "", actor =>
        {
            var step = ScheduleRequests.RequireForChange(actor);
            if (request.RequestId.Length == 0 || step.Run.SignalRequestIds.Add(request.RequestId))
            {
                ScheduleChanges.Patch(step, request.Patch);
            }

            return new PatchScheduleResponse();
        });
    }
}
