using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Server.Execution.Closing;

namespace Temporalio.Server.Commands;

internal sealed class CancelWorkflowCommand : CommandHandler
{
    public override CommandType Type => CommandType.CancelWorkflowExecution;

    public override bool Closes => true;

    public override CommandRefusal? Check(CommandCheck check, Command command) => command.CancelWorkflowExecutionCommandAttributes is null
        ? new CommandRefusal(WorkflowTaskFailedCause.BadCancelWorkflowExecutionAttributes, "CancelWorkflowExecutionCommandAttributes is not set on CancelWorkflowExecutionCommand.")
        : null;

    public override void Apply(CommandContext context, Command command) =>
        RunClose.Cancel(context.Step, command.CancelWorkflowExecutionCommandAttributes.Details, context.CompletedEventId);
}
