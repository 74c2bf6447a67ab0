using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class RespondActivityTaskCompletedByIdHandler(Engine engine)
{
    public async ValueTask<RespondActivityTaskCompletedByIdResponse> HandleAsync(RespondActivityTaskCompletedByIdRequest request, RpcContext context)
    {
        var target = ActivityTarget.Of(engine, request.Namespace, request.WorkflowId, request.RunId, request.ActivityId, request.Identity);
        await ActivityAnswers.CompleteAsync(engine, target, request.Result, request.Identity);
        return new RespondActivityTaskCompletedByIdResponse();
    }
}
