using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.Queries;
using Temporalio.Server.Execution.Tasks;
using Temporalio.Server.Matching;

namespace Temporalio.Server.Frontend;

internal sealed class PollWorkflowTaskQueueHandler(Engine engine)
{
    public async ValueTask<RpcReply> HandleAsync(PollWorkflowTaskQueueRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        Requests.CheckIdentity(request.Identity);

        Requests.CheckTaskQueue(request.TaskQueue);
        var queue = new TaskQueueKey(request.Namespace, request.TaskQueue.Name, TaskQueueType.Workflow);
        return await TaskPolls.WaitAsync(engine, queue, request.Identity, request.WorkerVersionCapabilities?.BuildId ?? "", context) switch
        {
            WorkflowTaskStart start => await TaskPolls.AnswerAsync(engine, start, PollResponses.WorkflowTaskReplyAsync(engine, start, context.CancellationToken)),
            QueryTaskStart start => await TaskPolls.AnswerAsync(engine, start, PollResponses.QueryTaskReplyAsync(engine, start, context.CancellationToken)),
            _ => new RpcReply(new PollWorkflowTaskQueueResponse()),
        };
    }
}
