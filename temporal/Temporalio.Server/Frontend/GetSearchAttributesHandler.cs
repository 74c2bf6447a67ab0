using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Frontend;

/// <summary>
/// The attributes of the whole cluster, for old clients: the server's, and the columns that the original keeps for those of namespaces.
/// </summary>
internal sealed class GetSearchAttributesHandler
{
    private static readonly (string Name, IndexedValueType Type, int Count)[] s_columns =
    [
        ("Bool", IndexedValueType.Bool, 3), ("Datetime", IndexedValueType.Datetime, 3), ("Double", IndexedValueType.Double, 3), ("Int", IndexedValueType.Int, 3),
        ("Keyword", IndexedValueType.Keyword, 10), ("KeywordList", IndexedValueType.KeywordList, 3), ("Text", IndexedValueType.Text, 3),
    ];

    public ValueTask<GetSearchAttributesResponse> HandleAsync(GetSearchAttributesRequest request, RpcContext context)
    {
        var response = new GetSearchAttributesResponse();
        foreach (var (name, type) in SearchAttributeRegistry.System.Concat(SearchAttributeRegistry.Predefined))
        {
            response.Keys.Add(name, type);
        }

        foreach (var (name, type, count) in s_columns)
        {
            for (var i = 1; i <= count; i++)
            {
                response.Keys.Add($"{name}{i:D2}", type);
            }
        }

        return new(response);
    }
}
