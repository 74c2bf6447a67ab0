using System.Globalization;
using Google.Protobuf;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class ListNamespacesHandler(Engine engine)
{
    private const int DefaultPageSize = 100;

    public ValueTask<ListNamespacesResponse> HandleAsync(ListNamespacesRequest request, RpcContext context)
    {
        var size = request.PageSize > 0 ? request.PageSize : DefaultPageSize;
        var first = int.TryParse(request.NextPageToken.ToStringUtf8(), NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : 0;
        var all = engine.Namespaces.All.ToList();
        var response = new ListNamespacesResponse
        {
            NextPageToken = first + size < all.Count ? ByteString.CopyFromUtf8((first + size).ToString(CultureInfo.InvariantCulture)) : ByteString.Empty,
        };
        response.Namespaces.AddRange(all.Skip(first).Take(size).Select(e => NamespaceViews.Of(e, engine)));
        return new(response);
    }
}
