using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Frontend;

/// <summary>Links to events that answers carry.</summary>
internal static class Links
{
    private const int MaxLinks = 10;
    private const int MaxLinkBytes = 4000;

    /// <exception cref="Temporalio.Rpc.RpcFault">INVALID_ARGUMENT: too many, or one that is too large.</exception>
    public static void Check(IReadOnlyList<Link> links)
    {
        if (links.Count > MaxLinks)
        {
            throw Faults.Invalid($"cannot attach more than {MaxLinks} links per request, got {links.Count}");
        }

        foreach (var link in links)
        {
            if (link.CalculateSize() is var size && size > MaxLinkBytes)
            {
                throw Faults.Invalid($"link exceeds allowed size of {MaxLinkBytes}, got {size}");
            }
        }
    }

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
