using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Commands;

internal sealed class CancelTimerCommand : CommandHandler
{
    public override CommandType Type => CommandType.CancelTimer;

    public override CommandRefusal? Check(CommandCheck check, Command command)
    {
        var attributes = command.CancelTimerCommandAttributes;
        if (attributes is null)
        {
            return Refuse("CancelTimerCommandAttributes is not set on CancelTimerCommand.");
        }

        if (attributes.TimerId.Length == 0)
        {
            return Refuse("TimerId is not set on CancelTimerCommand.");
        }

        if (Requests.TooLong(attributes.TimerId))
        {
            return Refuse($"TimerId on CancelTimerCommand exceeds length limit. TimerId={attributes.TimerId} Length={attributes.TimerId.Length} Limit={Requests.MaxIdBytes}");
        }

        // A timer that fired while the worker was thinking can still be cancelled: nobody has seen it fire.
        if (!check.HasTimer(attributes.TimerId) && !check.Run.Buffer.HasTimerFired(attributes.TimerId))
        {
            return Refuse($"invalid history builder state for action: add-timer-canceled-event, TimerID: {attributes.TimerId}");
        }

        check.SetTimer(attributes.TimerId, running: false);
        return null;
    }

    public override void Apply(CommandContext context, Command command)
    {
        var timerId = command.CancelTimerCommandAttributes.TimerId;
        long started;
        if (context.Run.Timers.Find(timerId) is { } timer)
        {
            started = timer.StartedEventId;
            context.Run.Timers.Remove(timer);
        }
        else
        {
            started = context.Run.Buffer.RemoveTimerFired(timerId);
        }

        context.Step.Append(new HistoryEvent
        {
            EventType = EventType.TimerCanceled,
            UserMetadata = command.UserMetadata,
            TimerCanceledEventAttributes = new()
            {
                TimerId = timerId,
                StartedEventId = started,
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                Identity = context.Request.Identity,
            },
        });
    }

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadCancelTimerAttributes, message);
}
