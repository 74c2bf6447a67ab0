using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Matching;

namespace Temporalio.Server.Frontend;

internal sealed class PollActivityTaskQueueHandler(Engine engine)
{
    public async ValueTask<PollActivityTaskQueueResponse> HandleAsync(PollActivityTaskQueueRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        Requests.CheckIdentity(request.Identity);

        Requests.CheckTaskQueue(request.TaskQueue);
        var queue = new TaskQueueKey(request.Namespace, request.TaskQueue.Name, TaskQueueType.Activity);
        return await TaskPolls.WaitAsync(engine, queue, request.Identity, request.WorkerVersionCapabilities?.BuildId ?? "", context) is ActivityTaskStart start
            ? await TaskPolls.AnswerAsync(engine, start, PollResponses.ActivityTaskAsync(engine, start, context.CancellationToken))
            : new PollActivityTaskQueueResponse();
    }
}
