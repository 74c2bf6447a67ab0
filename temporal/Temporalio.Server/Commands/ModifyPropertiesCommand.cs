using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution;

namespace Temporalio.Server.Commands;

internal sealed class ModifyPropertiesCommand : CommandHandler
{
    public override CommandType Type => CommandType.ModifyWorkflowProperties;

    public override CommandRefusal? Check(CommandCheck check, Command command)
    {
        var attributes = command.ModifyWorkflowPropertiesCommandAttributes;
        if (attributes is null)
        {
            return Refuse("ModifyWorkflowPropertiesCommandAttributes is not set on ModifyWorkflowPropertiesCommand.");
        }

        if (attributes.UpsertedMemo is null)
        {
            return Refuse("UpsertedMemo is not set on ModifyWorkflowPropertiesCommand.");
        }

        return attributes.UpsertedMemo is { Fields.Count: 0 } ? Refuse("UpsertedMemo.Fields is not set on ModifyWorkflowPropertiesCommand.") : null;
    }

    public override void Apply(CommandContext context, Command command)
    {
        var upserted = command.ModifyWorkflowPropertiesCommandAttributes.UpsertedMemo;
        context.Step.Append(new HistoryEvent
        {
            EventType = EventType.WorkflowPropertiesModified,
            UserMetadata = command.UserMetadata,
            WorkflowPropertiesModifiedEventAttributes = new() { WorkflowTaskCompletedEventId = context.CompletedEventId, UpsertedMemo = upserted },
        });
        RunProperties.Merge(context.Run.Info, upserted);
    }

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadModifyWorkflowPropertiesAttributes, message);
}
