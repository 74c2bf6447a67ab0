using Temporalio.Rpc;
using Temporalio.Server.Store;

namespace Temporalio.Server.Execution;

/// <summary>What the store said when asked for a run: a run, that there is none, or a fault.</summary>
internal readonly record struct StoredRunRead(string Asked, StoredRun? Stored, RpcFault? Fault)
{
    public static async ValueTask<StoredRunRead> FromAsync(IExecutionStore store, WorkflowKey workflow, string runId)
    {
        try
        {
            return new(runId, await store.LoadRunAsync(workflow, runId, CancellationToken.None), null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new(runId, null, new RpcFault(RpcStatusCode.Unavailable, "The store cannot be read.", e));
        }
    }
}
