using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Frontend;

/// <summary>Links to events that answers carry.</summary>
internal static class Links
{
    public static Link ToEvent(Run run, long eventId, EventType type) => new()
    {
        WorkflowEvent = new()
        {
            Namespace = run.Workflow.Namespace,
            WorkflowId = run.Workflow.WorkflowId,
            RunId = run.RunId,
            EventRef = new() { EventId = eventId, EventType = type },
        },
    };

    public static Link ToRequest(Run run, string requestId, EventType type) => new()
    {
        WorkflowEvent = new()
        {
            Namespace = run.Workflow.Namespace,
            WorkflowId = run.Workflow.WorkflowId,
            RunId = run.RunId,
            RequestIdRef = new() { RequestId = requestId, EventType = type },
        },
    };
}
