using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class RecordActivityTaskHeartbeatByIdHandler(Engine engine)
{
    public async ValueTask<RecordActivityTaskHeartbeatByIdResponse> HandleAsync(RecordActivityTaskHeartbeatByIdRequest request, RpcContext context)
    {
        var target = ActivityTarget.Of(engine, request.Namespace, request.WorkflowId, request.RunId, request.ActivityId, request.Identity);
        var notice = await ActivityAnswers.HeartbeatAsync(engine, target, request.Details);
        return new RecordActivityTaskHeartbeatByIdResponse { CancelRequested = notice.CancelRequested, ActivityPaused = notice.Paused, ActivityReset = notice.Reset };
    }
}
