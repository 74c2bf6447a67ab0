using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class RespondActivityTaskCanceledHandler(Engine engine)
{
    public async ValueTask<RespondActivityTaskCanceledResponse> HandleAsync(RespondActivityTaskCanceledRequest request, RpcContext context)
    {
        var target = ActivityTarget.Of(engine, request.TaskToken, request.Namespace, request.Identity);
        await ActivityAnswers.CancelAsync(engine, target, request.Details, request.Identity);
        return new RespondActivityTaskCanceledResponse();
    }
}
