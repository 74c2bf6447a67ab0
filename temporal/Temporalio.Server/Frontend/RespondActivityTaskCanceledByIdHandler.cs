using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class RespondActivityTaskCanceledByIdHandler(Engine engine)
{
    public async ValueTask<RespondActivityTaskCanceledByIdResponse> HandleAsync(RespondActivityTaskCanceledByIdRequest request, RpcContext context)
    {
        var target = ActivityTarget.Of(engine, request.Namespace, request.WorkflowId, request.RunId, request.ActivityId, request.Identity);
        await ActivityAnswers.CancelAsync(engine, target, request.Details, request.Identity);
        return new RespondActivityTaskCanceledByIdResponse();
    }
}
