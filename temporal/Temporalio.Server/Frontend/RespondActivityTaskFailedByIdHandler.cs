using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class RespondActivityTaskFailedByIdHandler(Engine engine)
{
    public async ValueTask<RespondActivityTaskFailedByIdResponse> HandleAsync(RespondActivityTaskFailedByIdRequest request, RpcContext context)
    {
        var target = ActivityTarget.Of(engine, request.Namespace, request.WorkflowId, request.RunId, request.ActivityId, request.Identity);
        await ActivityAnswers.FailAsync(engine, target, request.Failure, request.LastHeartbeatDetails, request.Identity);
        return new RespondActivityTaskFailedByIdResponse();
    }
}
