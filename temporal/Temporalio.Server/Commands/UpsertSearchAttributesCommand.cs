using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Commands;

internal sealed class UpsertSearchAttributesCommand : CommandHandler
{
    public override CommandType Type => CommandType.UpsertWorkflowSearchAttributes;

    public override CommandRefusal? Check(CommandCheck check, Command command)
    {
        var attributes = command.UpsertWorkflowSearchAttributesCommandAttributes;
        if (attributes is null)
        {
            return Refuse("UpsertWorkflowSearchAttributesCommandAttributes is not set on UpsertWorkflowSearchAttributesCommand.");
        }

        if (attributes.SearchAttributes is null)
        {
            return Refuse("SearchAttributes is not set on UpsertWorkflowSearchAttributesCommand.");
        }

        if (attributes.SearchAttributes.IndexedFields.Count == 0)
        {
            return Refuse("IndexedFields is not set on UpsertWorkflowSearchAttributesCommand.");
        }

        if (SearchAttributeCheck.TypeProblem(check.Step.Engine.SearchAttributes, check.Run.Workflow.Namespace, attributes.SearchAttributes) is { } problem)
        {
            return Refuse(problem);
        }

        return SearchAttributeCheck.SizeProblem(attributes.SearchAttributes) is { } size ? Refuse(size) with { Terminates = true } : null;
    }

    public override void Apply(CommandContext context, Command command)
    {
        var typed = SearchAttributeCheck.Typed(
            context.Step.Engine.SearchAttributes, context.Run.Workflow.Namespace, command.UpsertWorkflowSearchAttributesCommandAttributes.SearchAttributes);
        context.Step.Append(new HistoryEvent
        {
            EventType = EventType.UpsertWorkflowSearchAttributes,
            UserMetadata = command.UserMetadata,
            UpsertWorkflowSearchAttributesEventAttributes = new() { WorkflowTaskCompletedEventId = context.CompletedEventId, SearchAttributes = typed },
        });
        RunProperties.Merge(context.Run.Info, typed);
    }

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadSearchAttributes, message);
}
