using Temporalio.Api.OperatorService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Frontend;

internal sealed class ListSearchAttributesHandler(Engine engine)
{
    public ValueTask<ListSearchAttributesResponse> HandleAsync(ListSearchAttributesRequest request, RpcContext context)
    {
        if (request.Namespace.Length == 0)
        {
            throw Faults.Invalid("Namespace is not set on request.");
        }

        engine.Namespaces.Require(request.Namespace);
        var response = new ListSearchAttributesResponse();
        foreach (var (name, type) in engine.SearchAttributes.Custom(request.Namespace))
        {
            response.CustomAttributes.Add(name, type);
        }

        foreach (var (name, type) in SearchAttributeRegistry.System.Concat(SearchAttributeRegistry.Predefined))
        {
            response.SystemAttributes.Add(name, type);
        }

        return new(response);
    }
}
