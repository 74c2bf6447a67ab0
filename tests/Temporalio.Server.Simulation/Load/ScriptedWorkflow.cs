using System.Diagnostics;
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
    public const string WorkflowQueue = "workflows";

    /// <summary>How far the runs of a cron workflow are apart.</summary>
    public const int CronSeconds = 2;

    public static readonly TimeSpan ActivityTimeout = TimeSpan.FromSeconds(4);
    public static readonly TimeSpan HeartbeatTimeout = TimeSpan.FromSeconds(2);

    public static List<Command> Decide(Script script, IReadOnlyList<HistoryEvent> history)
    {
        var seen = Progress.Of(history);
        if (seen.CancelRequested)
        {
            return [new Command { CommandType = CommandType.CancelWorkflowExecution, CancelWorkflowExecutionCommandAttributes = new() }];
        }

        List<Command> commands = [];
        for (var i = seen.FirstStage; i < script.Stages.Count; i++)
        {
            var stage = script.Stages[i];
            commands.AddRange(stage.Steps.Where(s => s is not SignalsStep && !seen.Begun.Contains(s.Id)).Select(Begin));
            if (!stage.Steps.All(s => s is GuardStep ? seen.Begun.Contains(s.Id) : seen.IsDone(s)))
            {
                return commands;
            }

            commands.AddRange(stage.Steps.OfType<GuardStep>().Where(g => !seen.Done.Contains(g.Id)).Select(g => new Command
            {
                CommandType = CommandType.CancelTimer,
                CancelTimerCommandAttributes = new() { TimerId = g.Id },
            }));
            if (stage.ContinuesAsNew)
            {
                commands.Add(ContinueAsNew(seen.Next(i + 1)));
                return commands;
            }
        }

        commands.Add(script.FailsFirst && seen.Attempt == 1 ? Fail() : Complete(seen));
        return commands;
    }

    /// <summary>A query's answer.</summary>
    public static Payloads Answer(IEnumerable<HistoryEvent> history) => Text($"{Progress.Of(history).Signals.Count}");

    public static Payloads Text(string text) => new() { Payloads_ = { new Payload { Data = ByteString.CopyFromUtf8(text) } } };

    public static string Text(Payloads? payloads) => payloads is { Payloads_.Count: > 0 } ? payloads.Payloads_[0].Data.ToStringUtf8() : "";

    private static Command Begin(ScriptStep step) => step switch
    {
        TimerStep timer => Timer(timer.Id, timer.Duration),
        GuardStep guard => Timer(guard.Id, guard.Duration),
        ActivityStep activity => Activity(activity),
        ChildStep child => new Command
        {
            CommandType = CommandType.StartChildWorkflowExecution,
            StartChildWorkflowExecutionCommandAttributes = new()
            {
                Namespace = "default",
                WorkflowId = child.WorkflowId,
                WorkflowType = new() { Name = "scripted" },
                TaskQueue = new() { Name = WorkflowQueue },
                // The step's id comes back in the Initiated event; the child does not read it.
                Input = Text($"{child.Id}:"),
                ParentClosePolicy = child.ClosePolicy,
            },
        },
        ExternalStep external => new Command
        {
            CommandType = CommandType.SignalExternalWorkflowExecution,
            SignalExternalWorkflowExecutionCommandAttributes = new()
            {
                Namespace = "default",
                Execution = new() { WorkflowId = external.WorkflowId },
                SignalName = external.Id,
            },
        },
        ExternalCancelStep cancel => new Command
        {
            CommandType = CommandType.RequestCancelExternalWorkflowExecution,
            RequestCancelExternalWorkflowExecutionCommandAttributes = new()
            {
                Namespace = "default",
                WorkflowId = cancel.WorkflowId,
                // The step's id comes back in the Initiated event.
                Reason = cancel.Id,
            },
        },
        _ => throw new UnreachableException(),
    };

    private static Command Activity(ActivityStep activity) => new()
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
    };

    private static Command Timer(string id, TimeSpan duration) => new()
    {
        CommandType = CommandType.StartTimer,
        StartTimerCommandAttributes = new() { TimerId = id, StartToFireTimeout = Duration.FromTimeSpan(duration) },
    };

    private static Command ContinueAsNew(Payloads input) => new()
    {
        CommandType = CommandType.ContinueAsNewWorkflowExecution,
        ContinueAsNewWorkflowExecutionCommandAttributes = new()
        {
            WorkflowType = new() { Name = "scripted" },
            TaskQueue = new() { Name = WorkflowQueue },
            Input = input,
        },
    };

    private static Command Fail() => new()
    {
        CommandType = CommandType.FailWorkflowExecution,
        FailWorkflowExecutionCommandAttributes = new() { Failure = new() { Message = "The first attempt fails.", ApplicationFailureInfo = new() { Type = "planned" } } },
    };

    private static Command Complete(Progress seen) => new()
    {
        CommandType = CommandType.CompleteWorkflowExecution,
        CompleteWorkflowExecutionCommandAttributes = new() { Result = Text($"{seen.Signals.Count}") },
    };
}
