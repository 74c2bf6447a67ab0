using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Server.Execution.Updates;

namespace Temporalio.Server.Commands;

/// <summary>Says where among the commands a message of an update takes effect.</summary>
internal sealed class ProtocolMessageCommand : CommandHandler
{
    public override CommandType Type => CommandType.ProtocolMessage;

    public override CommandRefusal? Check(CommandCheck check, Command command)
    {
        var attributes = command.ProtocolMessageCommandAttributes;
        if (attributes is null)
        {
            return Refuse("ProtocolMessageCommandAttributes is not set on ProtocolMessageCommand.");
        }

        return check.Updates.Take(attributes.MessageId) is { } message
            ? check.Updates.Check(message)
            : Refuse($"ProtocolMessageCommand referenced absent message ID {attributes.MessageId}");
    }

    public override void Apply(CommandContext context, Command command)
    {
        if (context.Messages.Take(command.ProtocolMessageCommandAttributes.MessageId) is { } message)
        {
            UpdateMessages.Apply(context.Step, message);
        }
    }

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage, message);
}
