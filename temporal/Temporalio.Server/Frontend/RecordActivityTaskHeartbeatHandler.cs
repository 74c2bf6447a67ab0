using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class RecordActivityTaskHeartbeatHandler(Engine engine)
{
    public async ValueTask<RecordActivityTaskHeartbeatResponse> HandleAsync(RecordActivityTaskHeartbeatRequest request, RpcContext context)
    {
        var target = ActivityTarget.Of(engine, request.TaskToken, request.Namespace, request.Identity);
        var notice = await ActivityAnswers.HeartbeatAsync(engine, target, request.Details);
        return new RecordActivityTaskHeartbeatResponse { CancelRequested = notice.CancelRequested, ActivityPaused = notice.Paused, ActivityReset = notice.Reset };
    }
}
