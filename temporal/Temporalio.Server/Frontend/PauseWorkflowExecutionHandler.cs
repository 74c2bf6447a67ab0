using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

/// <summary>Workflows are not paused here, as the namespace's capabilities say.</summary>
internal sealed class PauseWorkflowExecutionHandler(Engine engine)
{
    public ValueTask<PauseWorkflowExecutionResponse> HandleAsync(PauseWorkflowExecutionRequest request, RpcContext context) =>
        throw new RpcFault(RpcStatusCode.Unimplemented, $"workflow pause is not enabled for namespace: {engine.Namespaces.Require(request.Namespace).Name}");
}
