using System.Text.Json;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Visibility.Query;

namespace Temporalio.Server.Frontend;

internal sealed class CountWorkflowExecutionsHandler(Engine engine)
{
    public async ValueTask<CountWorkflowExecutionsResponse> HandleAsync(CountWorkflowExecutionsRequest request, RpcContext context)
    {
        engine.Namespaces.Require(request.Namespace);
        var query = VisibilityLists.Parse(engine, request.Namespace, request.Query);
        CheckGroups(request.Namespace, query);
        var found = await VisibilityLists.FindAsync(engine, request.Namespace, query);
        var response = new CountWorkflowExecutionsResponse { Count = found.Count };
        if (query.GroupBy.Count > 0)
        {
            foreach (var group in found.GroupBy(r => r.Status).OrderBy(g => g.Key.ToString(), StringComparer.Ordinal))
            {
                response.Groups.Add(new CountWorkflowExecutionsResponse.Types.AggregationGroup { GroupValues = { Keyword(group.Key.ToString()) }, Count = group.Count() });
            }
        }

        return response;
    }

    private void CheckGroups(string ns, ParsedQuery query)
    {
        if (query.GroupBy.Count > 1)
        {
            throw Faults.Invalid("invalid query: operation is not supported: 'GROUP BY' clause supports only a single field");
        }

        if (query.GroupBy.Count == 1 && query.GroupBy[0] != QueryValues.Status)
        {
            var name = query.GroupBy[0];
            throw Faults.Invalid(Visibility.SearchAttributeRegistry.System.ContainsKey(name) || engine.SearchAttributes.TypeOf(ns, name) is not null
                ? $"invalid query: operation is not supported: 'GROUP BY' clause is not supported for search attribute {name}"
                : $"invalid query: invalid search attribute: {name}");
        }
    }

    private static Payload Keyword(string value)
    {
        var payload = new Payload { Data = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(value)) };
        payload.Metadata.Add("encoding", ByteString.CopyFromUtf8("json/plain"));
        payload.Metadata.Add("type", ByteString.CopyFromUtf8(nameof(IndexedValueType.Keyword)));
        return payload;
    }
}
