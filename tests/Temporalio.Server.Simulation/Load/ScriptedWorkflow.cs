using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Temporalio.Server.Simulation.Load;

/// <summary>Workflow code: a pure function from the script and the history to the next commands.</summary>
internal static class ScriptedWorkflow
{
    public const string ActivityQueue = "activities";
    public static readonly TimeSpan ActivityTimeout = TimeSpan.FromSeconds(4);
    public static readonly TimeSpan HeartbeatTimeout = TimeSpan.FromSeconds(2);

    public static List<Command> Decide(Script script, IReadOnlyList<HistoryEvent> history)
    {
        var seen = Progress.Of(history);
        List<Command> commands = [];
        foreach (var stage in script.Stages)
        {
            foreach (var step in stage)
            {
                if (step is not SignalsStep && !seen.Begun.Contains(step.Id))
                {
                    commands.Add(Begin(step));
                }
            }

            if (!stage.All(s => s is GuardStep || seen.IsDone(s)))
            {
                return commands;
            }

            foreach (var guard in stage.OfType<GuardStep>())
            {
                if (!seen.Begun.Contains(guard.Id))
                {
                    return commands;
                }

                if (!seen.Done.Contains(guard.Id))
                {
                    commands.Add(new Command { CommandType = CommandType.CancelTimer, CancelTimerCommandAttributes = new() { TimerId = guard.Id } });
                }
            }
        }

        commands.Add(new Command
        {
            CommandType = CommandType.CompleteWorkflowExecution,
            CompleteWorkflowExecutionCommandAttributes = new() { Result = Text($"{seen.Signals.Count} signals") },
        });
        return commands;
    }

    public static Payloads Text(string text) => new() { Payloads_ = { new Payload { Data = ByteString.CopyFromUtf8(text) } } };

    public static string Text(Payloads? payloads) => payloads is { Payloads_.Count: > 0 } ? payloads.Payloads_[0].Data.ToStringUtf8() : "";

    private static Command Begin(ScriptStep step) => step switch
    {
        TimerStep timer => Timer(timer.Id, timer.Duration),
        GuardStep guard => Timer(guard.Id, guard.Duration),
        ActivityStep activity => new Command
        {
            CommandType = CommandType.ScheduleActivityTask,
            ScheduleActivityTaskCommandAttributes = new()
            {
                ActivityId = activity.Id,
                ActivityType = new() { Name = "scripted" },
                TaskQueue = new() { Name = ActivityQueue },
                Input = Text(activity.Plan.Encode()),
                StartToCloseTimeout = Duration.FromTimeSpan(ActivityTimeout),
                HeartbeatTimeout = activity.Plan.Heartbeats > 0 ? Duration.FromTimeSpan(HeartbeatTimeout) : null,
                RetryPolicy = new()
                {
                    InitialInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(100)),
                    BackoffCoefficient = 2,
                    MaximumAttempts = activity.Plan.MaximumAttempts,
                },
            },
        },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static Command Timer(string id, TimeSpan duration) => new()
    {
        CommandType = CommandType.StartTimer,
        StartTimerCommandAttributes = new() { TimerId = id, StartToFireTimeout = Duration.FromTimeSpan(duration) },
    };

    /// <summary>What the history says has been begun and is over.</summary>
    private sealed class Progress
    {
        public HashSet<string> Begun { get; } = [];

        public HashSet<string> Done { get; } = [];

        public HashSet<string> Signals { get; } = [];

        public bool IsDone(ScriptStep step) => step is SignalsStep signals ? Signals.Count >= signals.Count : Done.Contains(step.Id);

        public static Progress Of(IReadOnlyList<HistoryEvent> history)
        {
            var progress = new Progress();
            foreach (var e in history)
            {
                progress.Add(e, history);
            }

            return progress;
        }

        private void Add(HistoryEvent e, IReadOnlyList<HistoryEvent> history)
        {
            switch (e.EventType)
            {
                case EventType.ActivityTaskScheduled:
                    Begun.Add(e.ActivityTaskScheduledEventAttributes.ActivityId);
                    break;
                case EventType.TimerStarted:
                    Begun.Add(e.TimerStartedEventAttributes.TimerId);
                    break;
                case EventType.TimerFired:
                    Done.Add(e.TimerFiredEventAttributes.TimerId);
                    break;
                case EventType.TimerCanceled:
                    Done.Add(e.TimerCanceledEventAttributes.TimerId);
                    break;
                case EventType.WorkflowExecutionSignaled:
                    Signals.Add(Text(e.WorkflowExecutionSignaledEventAttributes.Input));
                    break;
                default:
                    if (Activities.ClosedBy(e) is > 0 and var scheduled)
                    {
                        Done.Add(history[(int)scheduled - 1].ActivityTaskScheduledEventAttributes.ActivityId);
                    }

                    break;
            }
        }
    }
}
