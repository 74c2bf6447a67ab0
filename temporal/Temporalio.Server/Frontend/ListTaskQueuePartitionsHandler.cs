using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class ListTaskQueuePartitionsHandler(Engine engine)
{
    public ValueTask<ListTaskQueuePartitionsResponse> HandleAsync(ListTaskQueuePartitionsRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        Requests.CheckTaskQueue(request.TaskQueue);
        var whole = new TaskQueuePartitionMetadata { Key = request.TaskQueue.Name, OwnerHostName = "embedded" };
        return new(new ListTaskQueuePartitionsResponse { ActivityTaskQueuePartitions = { whole }, WorkflowTaskQueuePartitions = { whole } });
    }
}
