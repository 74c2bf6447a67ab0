using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class DescribeNamespaceHandler(Engine engine)
{
    public ValueTask<DescribeNamespaceResponse> HandleAsync(DescribeNamespaceRequest request, RpcContext context)
    {
        if (request.Id.Length > 0 && request.Namespace.Length > 0)
        {
            throw Faults.Invalid("GetNamespace operation failed.  Both ID and Name specified in request.");
        }

        var entry = request.Id.Length > 0
            ? engine.Namespaces.FindById(request.Id) ?? throw Faults.NamespaceNotFound(request.Id)
            : engine.Namespaces.RequireNamed(request.Namespace);
        return new(NamespaceViews.Of(entry, engine));
    }
}
