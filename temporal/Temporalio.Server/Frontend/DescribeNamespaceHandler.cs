using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Frontend;

internal sealed class DescribeNamespaceHandler(Engine engine)
{
    private const long BlobLimit = 2 * 1024 * 1024;
    private const long CompletionLimit = 40 * 1024 * 1024;

    public ValueTask<DescribeNamespaceResponse> HandleAsync(DescribeNamespaceRequest request, RpcContext context)
    {
        var entry = request.Id.Length > 0 && request.Namespace.Length == 0
            ? engine.Namespaces.FindById(request.Id) ?? throw Faults.NamespaceNotFound(request.Id)
            : engine.Namespaces.Require(request.Namespace);
        return new(new DescribeNamespaceResponse
        {
            NamespaceInfo = new()
            {
                Name = entry.Name,
                Id = entry.Id,
                State = NamespaceState.Registered,
                Capabilities = new() { EagerWorkflowStart = true, SyncUpdate = true, AsyncUpdate = true },
                Limits = new() { BlobSizeLimitError = BlobLimit, MemoSizeLimitError = BlobLimit, WorkflowTaskCompletionSizeLimitError = CompletionLimit },
                SupportsSchedules = true,
            },
            Config = new()
            {
                WorkflowExecutionRetentionTtl = engine.Options.Retention.ToProto(),
                HistoryArchivalState = ArchivalState.Disabled,
                VisibilityArchivalState = ArchivalState.Disabled,
                BadBinaries = new(),
            },
            ReplicationConfig = new() { ActiveClusterName = "active", Clusters = { new Api.Replication.V1.ClusterReplicationConfig { ClusterName = "active" } }, State = ReplicationState.Normal },
        });
    }
}
