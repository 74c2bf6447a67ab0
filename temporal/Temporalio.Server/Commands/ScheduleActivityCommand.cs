using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Activities;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Frontend;

namespace Temporalio.Server.Commands;

internal sealed class ScheduleActivityCommand : CommandHandler
{
    public override CommandType Type => CommandType.ScheduleActivityTask;

    public override CommandRefusal? Check(CommandCheck check, Command command)
    {
        var attributes = command.ScheduleActivityTaskCommandAttributes;
        if (attributes is null)
        {
            return Refuse("ScheduleActivityTaskCommandAttributes is not set on ScheduleActivityTaskCommand.");
        }

        if (ActivityAttributes.Check(attributes) is { } message)
        {
            return Refuse(message);
        }

        if (check.HasActivity(attributes.ActivityId))
        {
            return new CommandRefusal(
                WorkflowTaskFailedCause.ScheduleActivityDuplicateId,
                $"invalid history builder state for action: add-activitytask-scheduled-event, ActivityID: {attributes.ActivityId}");
        }

        check.AddActivity(attributes.ActivityId);
        return null;
    }

    public override void Apply(CommandContext context, Command command)
    {
        var step = context.Step;
        var e = step.Append(new HistoryEvent
        {
            EventType = EventType.ActivityTaskScheduled,
            UserMetadata = command.UserMetadata,
            ActivityTaskScheduledEventAttributes = ActivityAttributes.Scheduled(command.ScheduleActivityTaskCommandAttributes, context.Run, context.CompletedEventId),
        });
        var activity = PendingActivity.Of(e, step.Now, step.Engine.Store.Generation);
        context.Run.Activities.Add(activity);
        if (command.ScheduleActivityTaskCommandAttributes.RequestEagerExecution && activity.TaskQueue == context.Run.Info.TaskQueue)
        {
            ActivityLifecycle.Start(step, activity, context.Request.Identity, step.Engine.Ids.NewId());
            context.EagerActivities.Add(ActivityTaskStart.Of(step, activity));
        }
        else
        {
            ActivityLifecycle.Dispatch(step, activity);
        }

        ActivityDeadlines.Watch(step, activity);
    }

    private static CommandRefusal Refuse(string message) => new(WorkflowTaskFailedCause.BadScheduleActivityAttributes, message);
}
