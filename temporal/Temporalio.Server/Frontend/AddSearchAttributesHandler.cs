using Temporalio.Api.Enums.V1;
using Temporalio.Api.OperatorService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Frontend;

internal sealed class AddSearchAttributesHandler(Engine engine)
{
    private const int MaxBools = 3;

    public async ValueTask<AddSearchAttributesResponse> HandleAsync(AddSearchAttributesRequest request, RpcContext context)
    {
        if (request.SearchAttributes.Count == 0 && (request.Namespace.Length == 0 || engine.Namespaces.Find(request.Namespace) is not null))
        {
            throw Faults.Invalid("SearchAttributes are not set on request.");
        }

        engine.Namespaces.Require(request.Namespace);
        foreach (var (name, type) in request.SearchAttributes)
        {
            Check(request.Namespace, name, type);
        }

        foreach (var (name, type) in request.SearchAttributes)
        {
            engine.SearchAttributes.Add(request.Namespace, name, type);
        }

        await engine.Settings.SaveAsync();
        return new AddSearchAttributesResponse();
    }

    private void Check(string ns, string name, IndexedValueType type)
    {
        if (SearchAttributeRegistry.System.ContainsKey(name) || SearchAttributeRegistry.Predefined.ContainsKey(name) || name.StartsWith("Temporal", StringComparison.Ordinal))
        {
            throw Faults.Invalid($"Search attribute {name} is reserved by system.");
        }

        var known = engine.SearchAttributes.Custom(ns).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        if (known.ContainsKey(name))
        {
            return;
        }

        if (type == IndexedValueType.Unspecified || (type == IndexedValueType.Bool && known.Values.Count(t => t == IndexedValueType.Bool) >= MaxBools))
        {
            throw Faults.Invalid(
                $"Unable to create search attributes: cannot have more than {(type == IndexedValueType.Bool ? MaxBools : 0)} search attribute of type {type}.");
        }
    }
}
