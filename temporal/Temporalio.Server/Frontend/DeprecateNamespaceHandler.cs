using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class DeprecateNamespaceHandler(Engine engine)
{
    public async ValueTask<DeprecateNamespaceResponse> HandleAsync(DeprecateNamespaceRequest request, RpcContext context)
    {
        engine.Namespaces.Set(engine.Namespaces.RequireNamed(request.Namespace) with { State = NamespaceState.Deprecated });
        await engine.Settings.SaveAsync();
        return new DeprecateNamespaceResponse();
    }
}
