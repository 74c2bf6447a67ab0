using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Server.Execution.Closing;

namespace Temporalio.Server.Commands;

internal sealed class FailWorkflowCommand : CommandHandler
{
    public override CommandType Type => CommandType.FailWorkflowExecution;

    public override bool Closes => true;

    public override CommandRefusal? Check(CommandCheck check, Command command) => command.FailWorkflowExecutionCommandAttributes switch
    {
        null => Refuse("FailWorkflowExecutionCommandAttributes is not set on FailWorkflowExecutionCommand."),
        { Failure: null } => Refuse("Failure is not set on FailWorkflowExecutionCommand."),
        _ => null,
    };

    public override void Apply(CommandContext context, Command command) =>
        RunClose.Fail(context.Step, command.FailWorkflowExecutionCommandAttributes.Failure, context.CompletedEventId);

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadFailWorkflowExecutionAttributes, message);
}
