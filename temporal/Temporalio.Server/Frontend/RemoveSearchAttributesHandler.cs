using Temporalio.Api.OperatorService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Frontend;

internal sealed class RemoveSearchAttributesHandler(Engine engine)
{
    public async ValueTask<RemoveSearchAttributesResponse> HandleAsync(RemoveSearchAttributesRequest request, RpcContext context)
    {
        if (request.SearchAttributes.Count == 0 && (request.Namespace.Length == 0 || engine.Namespaces.Find(request.Namespace) is not null))
        {
            throw Faults.Invalid("SearchAttributes are not set on request.");
        }

        engine.Namespaces.Require(request.Namespace);
        foreach (var name in request.SearchAttributes)
        {
            if (SearchAttributeRegistry.System.ContainsKey(name) || SearchAttributeRegistry.Predefined.ContainsKey(name))
            {
                throw Faults.Invalid($"Unable to remove non-custom search attributes: {name}.");
            }
        }

        foreach (var name in request.SearchAttributes)
        {
            engine.SearchAttributes.Remove(request.Namespace, name);
        }

        await engine.Settings.SaveAsync();
        return new RemoveSearchAttributesResponse();
    }
}
