using Temporalio.Api.Enums.V1;
using Temporalio.Api.Worker.V1;
using Temporalio.Server.Visibility.Query;

namespace Temporalio.Server.Frontend;

/// <summary>Workers that match a query.</summary>
internal static class WorkerQueries
{
    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT.</exception>
    public static IEnumerable<WorkerHeartbeat> Find(Engine engine, string ns, string query)
    {
        var condition = QueryParser.Parse(query, static name => Value(new WorkerHeartbeat(), name) is null ? null : IndexedValueType.Keyword, QueryDialect.Workers).Condition;
        return engine.Workers.All(ns).Where(w => condition?.Matches(new Row(w)) != false);
    }

    private static string? Value(WorkerHeartbeat worker, string name) => name switch
    {
        "WorkerInstanceKey" => worker.WorkerInstanceKey,
        "WorkerIdentity" => worker.WorkerIdentity,
        "HostName" => worker.HostInfo?.HostName ?? "",
        "TaskQueue" => worker.TaskQueue,
        "DeploymentName" => worker.DeploymentVersion?.DeploymentName ?? "",
        "BuildId" => worker.DeploymentVersion?.BuildId ?? "",
        "SdkName" => worker.SdkName,
        "SdkVersion" => worker.SdkVersion,
        "Status" => worker.Status.ToString(),
        _ => null,
    };

    private sealed class Row(WorkerHeartbeat worker) : IQueryRow
    {
        public object? Get(string name) => Value(worker, name);
    }
}
