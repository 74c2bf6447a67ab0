using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.Tasks;

namespace Temporalio.Server.Execution;

/// <summary>Requests to cancel a workflow: the first is an event, later ones change nothing.</summary>
internal static class Cancellation
{
    public static void Request(RunStep step, WorkflowExecutionCancelRequestedEventAttributes attributes, string requestId, IEnumerable<Link>? links = null)
    {
        var info = step.Run.Info;
        if (info.CancelRequested)
        {
            return;
        }

        info.CancelRequested = true;
        info.CancelRequestId = requestId;
        var e = new HistoryEvent { EventType = EventType.WorkflowExecutionCancelRequested, WorkflowExecutionCancelRequestedEventAttributes = attributes };
        e.Links.AddRange(links ?? []);
        step.Record(e);
        // What is to be cancelled has no reason to wait for the end of its start delay.
        info.AwaitsFirstTask = false;
        WorkflowTasks.EnsureScheduled(step);
    }
}
