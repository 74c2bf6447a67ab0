using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Commands;

internal sealed class RecordMarkerCommand : CommandHandler
{
    public override CommandType Type => CommandType.RecordMarker;

    public override CommandRefusal? Check(CommandCheck check, Command command)
    {
        var attributes = command.RecordMarkerCommandAttributes;
        if (attributes is null)
        {
            return Refuse("RecordMarkerCommandAttributes is not set on RecordMarkerCommand.");
        }

        if (attributes.MarkerName.Length == 0)
        {
            return Refuse("MarkerName is not set on RecordMarkerCommand.");
        }

        return Requests.TooLong(attributes.MarkerName)
            ? Refuse($"MarkerName on RecordMarkerCommand exceeds length limit. MarkerName={attributes.MarkerName} Length={attributes.MarkerName.Length} Limit={Requests.MaxIdBytes}")
            : null;
    }

    public override void Apply(CommandContext context, Command command)
    {
        var attributes = command.RecordMarkerCommandAttributes;
        var e = new HistoryEvent
        {
            EventType = EventType.MarkerRecorded,
            UserMetadata = command.UserMetadata,
            MarkerRecordedEventAttributes = new()
            {
                MarkerName = attributes.MarkerName,
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                Header = attributes.Header,
                Failure = attributes.Failure,
            },
        };
        e.MarkerRecordedEventAttributes.Details.Add(attributes.Details);
        context.Step.Append(e);
    }

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadRecordMarkerAttributes, message);
}
