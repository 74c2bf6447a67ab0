using Temporalio.Api.OperatorService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

/// <summary>There is no other cluster to remove.</summary>
internal sealed class RemoveRemoteClusterHandler
{
    public ValueTask<RemoveRemoteClusterResponse> HandleAsync(RemoveRemoteClusterRequest request, RpcContext context) =>
        throw Faults.NotFound("The cluster to be deleted cannot be found in clusters cache.");
}
