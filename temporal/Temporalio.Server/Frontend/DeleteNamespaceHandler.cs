using Temporalio.Api.OperatorService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

/// <summary>The namespace's workflows stay in the store, out of reach.</summary>
internal sealed class DeleteNamespaceHandler(Engine engine)
{
    public async ValueTask<DeleteNamespaceResponse> HandleAsync(DeleteNamespaceRequest request, RpcContext context)
    {
        if (request.Namespace.Length == 0 && request.NamespaceId.Length == 0)
        {
            throw Faults.NamespaceNotSet();
        }

        if (request.Namespace.Length > 0 && request.NamespaceId.Length > 0)
        {
            throw Faults.Invalid("Only one of namespace name or Id should be set on request.");
        }

        var entry = request.NamespaceId.Length > 0
            ? engine.Namespaces.FindById(request.NamespaceId) ?? throw Faults.NamespaceNotFound(request.NamespaceId)
            : engine.Namespaces.Require(request.Namespace);
        if (entry.Name == NamespaceRegistry.System)
        {
            throw new RpcFault(RpcStatusCode.FailedPrecondition, "unable to delete system namespace");
        }

        engine.Namespaces.Remove(entry.Name);
        await engine.Settings.SaveAsync();
        return new DeleteNamespaceResponse { DeletedNamespace = $"{entry.Name}-deleted-{entry.Id[..5]}" };
    }
}
