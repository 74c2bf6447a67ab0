using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Closing;

namespace Temporalio.Server.Frontend;

internal sealed class DeleteScheduleHandler(Engine engine)
{
    public async ValueTask<DeleteScheduleResponse> HandleAsync(DeleteScheduleRequest request, RpcContext context)
    {
        var key = ScheduleRequests.Key(engine, request.Namespace, request.ScheduleId);
        return await engine.Actors.CallAsync(key, "", actor =>
        {
            RunClose.Terminate(ScheduleRequests.RequireForChange(actor), "terminated by schedule delete", null, request.Identity);
            return new DeleteScheduleResponse();
        });
    }
}
