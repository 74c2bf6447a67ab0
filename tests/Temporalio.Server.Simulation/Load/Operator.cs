using Temporalio.Api.WorkflowService.V1;
using Temporalio.Rpc;
using Temporalio.Server.Simulation.Checks;
using Temporalio.Server.Store;

namespace Temporalio.Server.Simulation.Load;

/// <summary>Looks at a workflow's history and sets it back.</summary>
internal sealed class Operator(Caller caller, Ledger ledger, Func<bool> isSuperseded)
{
    /// <summary>Any task that a worker has answered: the history that was looked at may have moved on since.</summary>
    public async Task ResetAsync(WorkflowKey workflow)
    {
        List<(string RunId, long EventId)> points = [];
        while (points.Count == 0)
        {
            points = [.. ledger.Chain(workflow).SelectMany(r => r.History.Events.Where(e => e.WorkflowTaskCompletedEventAttributes is not null).Select(e => (r.RunId, e.EventId)))];
            await caller.Process.Delay(TimeSpan.FromMilliseconds(100));
        }

        var (runId, eventId) = points[caller.Process.Random.Below(points.Count)];
        var request = new ResetWorkflowExecutionRequest
        {
            Namespace = workflow.Namespace,
            WorkflowExecution = new() { WorkflowId = workflow.WorkflowId, RunId = runId },
            Reason = "set back",
            WorkflowTaskFinishEventId = eventId,
            RequestId = $"{workflow.WorkflowId}-reset-{runId}-{eventId}",
        };
        try
        {
            var response = await caller.InsistAsync<ResetWorkflowExecutionResponse>(request);
            ledger.Check(ledger.Find(workflow, response.RunId)?.Reset(response.RunId) is not null, $"{workflow.WorkflowId}: the reset's run {response.RunId} is not on disk");
        }
        catch (RpcFault fault) when (fault.Message.Contains("must be at the boundary", StringComparison.Ordinal))
        {
            // The task was written together with what is before it: one of a later attempt, or for updates only.
        }
        catch (RpcFault fault) when (fault.Code is RpcStatusCode.NotFound or RpcStatusCode.InvalidArgument && isSuperseded())
        {
            // A superseded server does not know the point yet.
        }
    }
}
