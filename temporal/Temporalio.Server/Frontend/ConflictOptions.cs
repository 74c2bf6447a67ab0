using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Frontend;

/// <summary>What a start leaves with the run that it found instead of starting its own.</summary>
internal static class ConflictOptions
{
    public static void Apply(RunStep step, StartWorkflowExecutionRequest request)
    {
        var options = request.OnConflictOptions;
        if (options is not { AttachRequestId: true })
        {
            return;
        }

        var e = new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionOptionsUpdated,
            WorkflowExecutionOptionsUpdatedEventAttributes = new() { AttachedRequestId = request.RequestId },
            WorkerMayIgnore = true,
        };
        if (options.AttachLinks)
        {
            e.Links.AddRange(request.Links);
        }

        step.Record(e);
        step.Run.RequestIds[request.RequestId] = new RequestIdInfo { EventType = e.EventType, EventId = e.EventId, Buffered = e.EventId == 0 };
    }
}
