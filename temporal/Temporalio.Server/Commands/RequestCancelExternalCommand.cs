using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.Externals;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Commands;

internal sealed class RequestCancelExternalCommand : CommandHandler
{
    public override CommandType Type => CommandType.RequestCancelExternalWorkflowExecution;

    public override CommandRefusal? Check(CommandCheck check, Command command)
    {
        var a = command.RequestCancelExternalWorkflowExecutionCommandAttributes;
        if (a is null)
        {
            return Refuse("RequestCancelExternalWorkflowExecutionCommandAttributes is not set on RequestCancelExternalWorkflowExecutionCommand.");
        }

        var where = $"WorkflowId={a.WorkflowId} RunId={a.RunId} Namespace={a.Namespace}";
        if (check.NewChildren.Contains(a.WorkflowId))
        {
            return Refuse($"Start and RequestCancel for child workflow is not allowed in same workflow task. {where}");
        }

        if (a.WorkflowId.Length == 0)
        {
            return Refuse($"WorkflowId is not set on RequestCancelExternalWorkflowExecutionCommand. Namespace={a.Namespace} RunId={a.RunId}");
        }

        if (Requests.TooLong(a.WorkflowId))
        {
            return Refuse($"WorkflowId on RequestCancelExternalWorkflowExecutionCommand exceeds length limit. WorkflowId={a.WorkflowId} Length={a.WorkflowId.Length} Limit={Requests.MaxIdBytes} RunId={a.RunId} Namespace={a.Namespace}");
        }

        if (a.RunId.Length > 0 && !Guid.TryParse(a.RunId, out _))
        {
            return Refuse($"Invalid RunId set on RequestCancelExternalWorkflowExecutionCommand. {where}");
        }

        if (a.Namespace.Length > 0)
        {
            check.Step.Engine.Namespaces.Require(a.Namespace);
        }

        return null;
    }

    public override void Apply(CommandContext context, Command command)
    {
        var a = command.RequestCancelExternalWorkflowExecutionCommandAttributes;
        var entry = context.Step.Engine.Namespaces.Require(a.Namespace.Length > 0 ? a.Namespace : context.Run.Workflow.Namespace);
        var e = context.Step.Append(new HistoryEvent
        {
            EventType = EventType.RequestCancelExternalWorkflowExecutionInitiated,
            UserMetadata = command.UserMetadata,
            RequestCancelExternalWorkflowExecutionInitiatedEventAttributes = new()
            {
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                Namespace = a.Namespace,
                NamespaceId = entry.Id,
                WorkflowExecution = new() { WorkflowId = a.WorkflowId, RunId = a.RunId },
                Control = a.Control,
                ChildWorkflowOnly = a.ChildWorkflowOnly,
                Reason = a.Reason,
            },
        });
        ExternalDelivery.Begin(context.Step, PendingExternal.Of(e, entry, context.Step.Engine.Ids.NewId()));
    }

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadRequestCancelExternalWorkflowExecutionAttributes, message);
}
