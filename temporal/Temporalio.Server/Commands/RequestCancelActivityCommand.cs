using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.Activities;

namespace Temporalio.Server.Commands;

internal sealed class RequestCancelActivityCommand : CommandHandler
{
    public override CommandType Type => CommandType.RequestCancelActivityTask;

    public override CommandRefusal? Check(CommandCheck check, Command command)
    {
        var attributes = command.RequestCancelActivityTaskCommandAttributes;
        if (attributes is null)
        {
            return Refuse("RequestCancelActivityTaskCommandAttributes is not set on RequestCancelActivityTaskCommand.");
        }

        var id = attributes.ScheduledEventId;
        if (id <= 0)
        {
            return Refuse("ScheduledEventId is not set on RequestCancelActivityTaskCommand.");
        }

        // An activity that ended while the worker was thinking is no mistake of the worker's.
        if (check.HasActivityBufferedEnd(id))
        {
            return null;
        }

        switch (check.CancelActivity(id))
        {
            case ActivityCancel.Unknown:
                return Refuse($"invalid history builder state for action: add-activitytask-cancel-requested-event, ScheduledEventID: {id}");
            case ActivityCancel.EndsAtOnce:
                check.NextEventId++;
                break;
        }

        return null;
    }

    public override void Apply(CommandContext context, Command command)
    {
        var step = context.Step;
        var id = command.RequestCancelActivityTaskCommandAttributes.ScheduledEventId;
        var e = step.Append(new HistoryEvent
        {
            EventType = EventType.ActivityTaskCancelRequested,
            UserMetadata = command.UserMetadata,
            ActivityTaskCancelRequestedEventAttributes = new() { ScheduledEventId = id, WorkflowTaskCompletedEventId = context.CompletedEventId },
        });
        if (context.Run.Activities.Find(id) is not { } activity)
        {
            return;
        }

        activity.CancelRequested = true;
        activity.CancelRequestedEventId = e.EventId;
        if (!activity.IsStarted)
        {
            ActivityLifecycle.CancelUnstarted(step, activity, context.Request.Identity);
            context.NeedsTask = true;
        }
    }

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadRequestCancelActivityAttributes, message);
}
