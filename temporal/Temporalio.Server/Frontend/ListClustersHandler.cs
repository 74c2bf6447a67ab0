using Temporalio.Api.OperatorService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

/// <summary>This server, which is a cluster of its own.</summary>
internal sealed class ListClustersHandler
{
    public ValueTask<ListClustersResponse> HandleAsync(ListClustersRequest request, RpcContext context) => new(new ListClustersResponse
    {
        Clusters =
        {
            new ClusterMetadata
            {
                ClusterName = GetClusterInfoHandler.ClusterName,
                ClusterId = GetClusterInfoHandler.ClusterId,
                InitialFailoverVersion = 1,
                HistoryShardCount = GetClusterInfoHandler.Shards,
                IsConnectionEnabled = true,
            },
        },
    });
}
