using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class RespondActivityTaskFailedHandler(Engine engine)
{
    public async ValueTask<RespondActivityTaskFailedResponse> HandleAsync(RespondActivityTaskFailedRequest request, RpcContext context)
    {
        var target = ActivityTarget.Of(engine, request.TaskToken, request.Namespace, request.Identity);
        await ActivityAnswers.FailAsync(engine, target, request.Failure, request.LastHeartbeatDetails, request.Identity, request.WorkerVersion);
        return new RespondActivityTaskFailedResponse();
    }
}
