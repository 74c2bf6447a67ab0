using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Execution.Timers;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Commands;

internal sealed class StartTimerCommand : CommandHandler
{
    public override CommandType Type => CommandType.StartTimer;

    public override CommandRefusal? Check(CommandCheck check, Command command)
    {
        var attributes = command.StartTimerCommandAttributes;
        if (attributes is null)
        {
            return Refuse("StartTimerCommandAttributes is not set on StartTimerCommand.");
        }

        if (attributes.TimerId.Length == 0)
        {
            return Refuse("TimerId is not set on StartTimerCommand.");
        }

        if (Requests.TooLong(attributes.TimerId))
        {
            return Refuse($"TimerId on StartTimerCommand exceeds length limit. TimerId={attributes.TimerId} Length={attributes.TimerId.Length} Limit={Requests.MaxIdBytes}");
        }

        if (attributes.StartToFireTimeout.ToSpan() < TimeSpan.Zero)
        {
            return Refuse($"An invalid StartToFireTimeout is set on StartTimerCommand: negative duration. TimerId={attributes.TimerId}");
        }

        if (check.HasTimer(attributes.TimerId))
        {
            return new CommandRefusal(WorkflowTaskFailedCause.StartTimerDuplicateId, $"invalid history builder state for action: add-timer-started-event, TimerID: {attributes.TimerId}");
        }

        check.SetTimer(attributes.TimerId, running: true);
        return null;
    }

    public override void Apply(CommandContext context, Command command)
    {
        var attributes = command.StartTimerCommandAttributes;
        var e = context.Step.Append(new HistoryEvent
        {
            EventType = EventType.TimerStarted,
            UserMetadata = command.UserMetadata,
            TimerStartedEventAttributes = new()
            {
                TimerId = attributes.TimerId,
                StartToFireTimeout = attributes.StartToFireTimeout,
                WorkflowTaskCompletedEventId = context.CompletedEventId,
            },
        });
        var timer = PendingTimer.Of(e);
        context.Run.Timers.Add(timer);
        context.Step.WakeAt(timer.Due);
    }

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadStartTimerAttributes, message);
}
