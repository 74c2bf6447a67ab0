using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;

namespace Temporalio.Server.Frontend;

internal sealed class GetClusterInfoHandler
{
    public const string ClusterName = "active";

    public const int Shards = 4;

    public const string ClusterId = "5f7a6c1e-3b0d-4c8e-9d52-1a4b8e6f7c90";

    public ValueTask<GetClusterInfoResponse> HandleAsync(GetClusterInfoRequest request, RpcContext context) => new(new GetClusterInfoResponse
    {
        SupportedClients =
        {
            ["Nexus-go-sdk"] = "<2.0.0",
            ["temporal-cli"] = "<2.0.0",
            ["temporal-go"] = "<2.0.0",
            ["temporal-java"] = "<2.0.0",
            ["temporal-php"] = "<2.0.0",
            ["temporal-server"] = "<2.0.0",
            ["temporal-typescript"] = "<2.0.0",
            ["temporal-ui"] = "<3.0.0",
        },
        ServerVersion = GetSystemInfoHandler.ServerVersion,
        ClusterId = ClusterId,
        ClusterName = ClusterName,
        HistoryShardCount = Shards,
        PersistenceStore = "embedded",
        VisibilityStore = "embedded",
        InitialFailoverVersion = 1,
        FailoverVersionIncrement = 10,
    });
}
