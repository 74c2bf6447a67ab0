using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class RespondActivityTaskCompletedHandler(Engine engine)
{
    public async ValueTask<RespondActivityTaskCompletedResponse> HandleAsync(RespondActivityTaskCompletedRequest request, RpcContext context)
    {
        var target = ActivityTarget.Of(engine, request.TaskToken, request.Namespace, request.Identity);
        await ActivityAnswers.CompleteAsync(engine, target, request.Result, request.Identity, request.WorkerVersion);
        return new RespondActivityTaskCompletedResponse();
    }
}
