using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Server.Execution.Closing;

namespace Temporalio.Server.Commands;

internal sealed class CompleteWorkflowCommand : CommandHandler
{
    public override CommandType Type => CommandType.CompleteWorkflowExecution;

    public override bool Closes => true;

    public override CommandRefusal? Check(CommandCheck check, Command command) => command.CompleteWorkflowExecutionCommandAttributes is null
        ? new CommandRefusal(WorkflowTaskFailedCause.BadCompleteWorkflowExecutionAttributes, "CompleteWorkflowExecutionCommandAttributes is not set on CompleteWorkflowExecutionCommand.")
        : null;

    public override void Apply(CommandContext context, Command command) =>
        RunClose.Complete(context.Step, command.CompleteWorkflowExecutionCommandAttributes.Result, context.CompletedEventId);
}
