using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Server.Execution;
using Temporalio.Server.Execution.Updates;

namespace Temporalio.Server.Commands;

/// <summary>Checks and applies the commands of a worker's answer, in order.</summary>
internal static class CommandRunner
{
    private static readonly CommandHandler?[] s_handlers = Table(
        new ScheduleActivityCommand(),
        new StartTimerCommand(),
        new CancelTimerCommand(),
        new CompleteWorkflowCommand(),
        new FailWorkflowCommand(),
        new CancelWorkflowCommand(),
        new ContinueAsNewCommand(),
        new RequestCancelActivityCommand(),
        new RecordMarkerCommand(),
        new StartChildCommand(),
        new SignalExternalCommand(),
        new RequestCancelExternalCommand(),
        new UpsertSearchAttributesCommand(),
        new ModifyPropertiesCommand(),
        new ProtocolMessageCommand());

    /// <summary>What is wrong with the order of the commands: such an answer is refused without touching the task.</summary>
    public static string? CheckSequence(IReadOnlyList<Command> commands)
    {
        for (var i = 0; i < commands.Count; i++)
        {
            if (Find(commands[i].CommandType) is null)
            {
                return $"unknown command type: {commands[i].CommandType}";
            }

            if (i < commands.Count - 1 && Find(commands[i].CommandType) is { Closes: true })
            {
                return $"invalid command sequence: [{string.Join(", ", commands.Select(c => c.CommandType))}], command {commands[i].CommandType} must be the last command.";
            }
        }

        return null;
    }

    /// <summary>Checks the whole answer without changing anything.</summary>
    public static CommandRefusal? Check(RunStep step, RespondWorkflowTaskCompletedRequest request)
    {
        var check = new CommandCheck(step, request, step.Run.Log.NextEventId);
        foreach (var command in request.Commands)
        {
            var handler = Find(command.CommandType);
            if (handler is null)
            {
                return new CommandRefusal(WorkflowTaskFailedCause.Unspecified, $"Unknown command type: {command.CommandType}");
            }

            if ((handler.Check(check, command) ?? CommandSizes.Check(command)) is { } refusal)
            {
                return refusal;
            }

            if (handler.Closes && step.Run.Buffer.Count > 0)
            {
                return new CommandRefusal(WorkflowTaskFailedCause.UnhandledCommand, "");
            }

            check.NextEventId++;
        }

        return check.Updates.CheckRest();
    }

    public static CommandOutcome Run(RunStep step, RespondWorkflowTaskCompletedRequest request, long completedEventId)
    {
        var context = new CommandContext(step, request, completedEventId);
        foreach (var command in request.Commands)
        {
            var handler = Find(command.CommandType)!;
            if (handler.Closes)
            {
                ApplyRest(context);
            }

            var eventId = step.Run.Log.NextEventId;
            handler.Apply(context, command);
            if (command.EventGroupMarkers.Count > 0)
            {
                step.Run.Log.FindOpen(eventId)?.EventGroupMarkers.Add(command.EventGroupMarkers);
            }
        }

        ApplyRest(context);

        return new CommandOutcome(context.NeedsTask, context.EagerActivities);
    }

    private static void ApplyRest(CommandContext context)
    {
        foreach (var message in context.Messages.TakeRest())
        {
            UpdateMessages.Apply(context.Step, message);
        }
    }

    private static CommandHandler? Find(CommandType type) => (uint)type < (uint)s_handlers.Length ? s_handlers[(int)type] : null;

    private static CommandHandler?[] Table(params IReadOnlyList<CommandHandler> handlers)
    {
        var table = new CommandHandler?[handlers.Max(h => (int)h.Type) + 1];
        foreach (var handler in handlers)
        {
            table[(int)handler.Type] = handler;
        }

        return table;
    }
}
