using Temporalio.Server.Batch;
using Temporalio.Server.Execution;
using Temporalio.Server.Store;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Frontend;

/// <summary>Finds jobs.</summary>
internal static class BatchLists
{
    public static bool IsJob(VisibilityRecord record) => record.Get("WorkflowType") is BatchJob.WorkflowType && record.Get("TemporalNamespaceDivision") is BatchJob.Division;

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT or NOT_FOUND (namespace).</exception>
    public static WorkflowKey Key(Engine engine, string ns, string jobId)
    {
        engine.Namespaces.Require(ns);
        return jobId.Length > 0 ? new WorkflowKey(ns, jobId) : throw Faults.Invalid("JobId is not set on request.");
    }

    /// <exception cref="Temporalio.Rpc.RpcFault">NOT_FOUND.</exception>
    public static RunStep Require(ActorStep actor) =>
        actor.Require("") is var step && BatchJob.Is(step.Run.Info) ? step : throw Faults.WorkflowNotFound(actor.Workflow.WorkflowId, "");
}
