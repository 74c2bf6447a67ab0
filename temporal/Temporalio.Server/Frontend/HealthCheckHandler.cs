using Grpc.Health.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class HealthCheckHandler(Engine engine)
{
    private const string Service = "temporal.api.workflowservice.v1.WorkflowService";

    public ValueTask<HealthCheckResponse> HandleAsync(HealthCheckRequest request, RpcContext context) => request.Service is "" or Service
        ? new(new HealthCheckResponse
        {
            Status = engine.Stopped is null ? HealthCheckResponse.Types.ServingStatus.Serving : HealthCheckResponse.Types.ServingStatus.NotServing,
        })
        : throw new RpcFault(RpcStatusCode.NotFound, "unknown service");
}
