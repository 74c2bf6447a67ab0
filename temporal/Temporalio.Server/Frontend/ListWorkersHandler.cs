using Temporalio.Api.Worker.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class ListWorkersHandler(Engine engine)
{
    public ValueTask<ListWorkersResponse> HandleAsync(ListWorkersRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        var response = new ListWorkersResponse();
        foreach (var worker in WorkerQueries.Find(engine, request.Namespace, request.Query))
        {
#pragma warning disable CS0612, CS0618 // Clients of the last years read the old field.
            response.WorkersInfo.Add(new WorkerInfo { WorkerHeartbeat = worker });
#pragma warning restore CS0612, CS0618
            response.Workers.Add(new WorkerListInfo
            {
                WorkerInstanceKey = worker.WorkerInstanceKey,
                WorkerIdentity = worker.WorkerIdentity,
                TaskQueue = worker.TaskQueue,
                DeploymentVersion = worker.DeploymentVersion,
                SdkName = worker.SdkName,
                SdkVersion = worker.SdkVersion,
                Status = worker.Status,
                StartTime = worker.StartTime,
                HostName = worker.HostInfo?.HostName ?? "",
                ProcessId = worker.HostInfo?.ProcessId ?? "",
            });
        }

        return new(response);
    }
}
