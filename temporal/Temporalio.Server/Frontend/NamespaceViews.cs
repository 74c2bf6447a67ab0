using Temporalio.Api.Enums.V1;
using Temporalio.Api.Namespace.V1;
using Temporalio.Api.Replication.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Execution.State;

namespace Temporalio.Server.Frontend;

/// <summary>Namespaces as people see them.</summary>
internal static class NamespaceViews
{
    private const long BlobLimit = 2 * 1024 * 1024;
    private const long CompletionLimit = 40 * 1024 * 1024;

    public static DescribeNamespaceResponse Of(NamespaceEntry entry, Engine engine) => new()
    {
        NamespaceInfo = Info(entry),
        Config = Config(entry, engine),
        ReplicationConfig = Replication(),
    };

    public static NamespaceInfo Info(NamespaceEntry entry)
    {
        var info = new NamespaceInfo
        {
            Name = entry.Name,
            Id = entry.Id,
            State = entry.State,
            Description = entry.Description,
            OwnerEmail = entry.OwnerEmail,
            Capabilities = new() { EagerWorkflowStart = true, SyncUpdate = true, AsyncUpdate = true, WorkerHeartbeats = true },
            Limits = new() { BlobSizeLimitError = BlobLimit, MemoSizeLimitError = BlobLimit, WorkflowTaskCompletionSizeLimitError = CompletionLimit },
            SupportsSchedules = true,
        };
        foreach (var (key, value) in entry.Data)
        {
            info.Data.Add(key, value);
        }

        return info;
    }

    public static NamespaceConfig Config(NamespaceEntry entry, Engine engine) => new()
    {
        WorkflowExecutionRetentionTtl = engine.RetentionOf(entry).ToProto(),
        HistoryArchivalState = ArchivalState.Disabled,
        VisibilityArchivalState = ArchivalState.Disabled,
        BadBinaries = new(),
    };

    public static NamespaceReplicationConfig Replication() => new()
    {
        ActiveClusterName = "active",
        Clusters = { new ClusterReplicationConfig { ClusterName = "active" } },
        State = ReplicationState.Normal,
    };
}
