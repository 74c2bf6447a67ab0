using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.Externals;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Commands;

internal sealed class SignalExternalCommand : CommandHandler
{
    public override CommandType Type => CommandType.SignalExternalWorkflowExecution;

    public override CommandRefusal? Check(CommandCheck check, Command command)
    {
        var a = command.SignalExternalWorkflowExecutionCommandAttributes;
        if (a is null)
        {
            return Refuse("SignalExternalWorkflowExecutionCommandAttributes is not set on SignalExternalWorkflowExecutionCommand.");
        }

        if (a.Execution is null)
        {
            return Refuse("Execution is not set on SignalExternalWorkflowExecutionCommand.");
        }

        var (id, run) = (a.Execution.WorkflowId, a.Execution.RunId);
        if (id.Length == 0)
        {
            return Refuse($"WorkflowId is not set on SignalExternalWorkflowExecutionCommand. Namespace={a.Namespace} RunId={run} SignalName={a.SignalName}");
        }

        if (Requests.TooLong(id))
        {
            return Refuse($"WorkflowId on SignalExternalWorkflowExecutionCommand exceeds length limit. WorkflowId={id} Length={id.Length} Limit={Requests.MaxIdBytes} Namespace={a.Namespace} RunId={run} SignalName={a.SignalName}");
        }

        if (run.Length > 0 && !Guid.TryParse(run, out _))
        {
            return Refuse($"Invalid RunId set on SignalExternalWorkflowExecutionCommand. WorkflowId={id} Namespace={a.Namespace} RunId={run} SignalName={a.SignalName}");
        }

        if (a.SignalName.Length == 0)
        {
            return Refuse($"SignalName is not set on SignalExternalWorkflowExecutionCommand. WorkflowId={id} Namespace={a.Namespace} RunId={run}");
        }

        if (a.Namespace.Length > 0)
        {
            check.Step.Engine.Namespaces.Require(a.Namespace);
        }

        return null;
    }

    public override void Apply(CommandContext context, Command command)
    {
        var a = command.SignalExternalWorkflowExecutionCommandAttributes;
        var entry = context.Step.Engine.Namespaces.Require(a.Namespace.Length > 0 ? a.Namespace : context.Run.Workflow.Namespace);
        var e = context.Step.Append(new HistoryEvent
        {
            EventType = EventType.SignalExternalWorkflowExecutionInitiated,
            UserMetadata = command.UserMetadata,
            SignalExternalWorkflowExecutionInitiatedEventAttributes = new()
            {
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                Namespace = a.Namespace,
                NamespaceId = entry.Id,
                WorkflowExecution = a.Execution,
                SignalName = a.SignalName,
                Input = a.Input,
                Control = a.Control,
                ChildWorkflowOnly = a.ChildWorkflowOnly,
                Header = a.Header,
            },
        });
        ExternalDelivery.Begin(context.Step, PendingExternal.Of(e, entry, context.Step.Engine.Ids.NewId()));
    }

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadSignalWorkflowExecutionAttributes, message);
}
