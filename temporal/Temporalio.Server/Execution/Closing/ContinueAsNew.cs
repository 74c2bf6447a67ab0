using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Server.Execution.State;
using Temporalio.Server.Frontend;
using Temporalio.Server.Visibility;

namespace Temporalio.Server.Execution.Closing;

/// <summary>A run that ends by going on in a new one.</summary>
internal static class ContinueAsNew
{
    public static void Continue(RunStep step, ContinueAsNewWorkflowExecutionCommandAttributes command, long completedEventId)
    {
        var info = step.Run.Info;
        var start = Start(step, command);
        var e = step.Append(new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionContinuedAsNew,
            WorkflowExecutionContinuedAsNewEventAttributes = new()
            {
                WorkflowType = start.WorkflowType,
                TaskQueue = start.TaskQueue,
                Input = start.Input,
                WorkflowRunTimeout = start.WorkflowRunTimeout,
                WorkflowTaskTimeout = start.WorkflowTaskTimeout,
                WorkflowTaskCompletedEventId = completedEventId,
                BackoffStartInterval = command.BackoffStartInterval,
                Initiator = command.Initiator,
                Failure = command.Failure,
                LastCompletionResult = command.LastCompletionResult,
                Header = command.Header,
                Memo = command.Memo,
                SearchAttributes = start.SearchAttributes,
                InheritBuildId = command.InheritBuildId,
            },
        });
        RunClose.Finish(step, WorkflowExecutionStatus.ContinuedAsNew, e);
        start.ParentWorkflowNamespace = info.Start.ParentWorkflowNamespace;
        start.ParentWorkflowNamespaceId = info.Start.ParentWorkflowNamespaceId;
        start.ParentWorkflowExecution = info.Start.ParentWorkflowExecution;
        start.ParentInitiatedEventId = info.Start.ParentInitiatedEventId;
        start.RootWorkflowExecution = info.Start.RootWorkflowExecution;
        e.WorkflowExecutionContinuedAsNewEventAttributes.NewExecutionRunId = Continuation.Begin(step, start, command.BackoffStartInterval.ToSpan());
    }

    // What the command leaves out is inherited, but for what the workflow's code is expected to say anew: policies, memo, attributes.
    private static WorkflowExecutionStartedEventAttributes Start(RunStep step, ContinueAsNewWorkflowExecutionCommandAttributes command)
    {
        var old = step.Run.Info.Start;
        var runTimeout = command.WorkflowRunTimeout.IsSet() ? command.WorkflowRunTimeout : old.WorkflowRunTimeout ?? new Duration();
        return new WorkflowExecutionStartedEventAttributes
        {
            WorkflowType = command.WorkflowType is { Name.Length: > 0 } type ? type : old.WorkflowType,
            TaskQueue = new() { Name = command.TaskQueue is { Name.Length: > 0 } queue ? queue.Name : old.TaskQueue.Name, Kind = TaskQueueKind.Normal },
            Input = command.Input,
            WorkflowExecutionTimeout = old.WorkflowExecutionTimeout,
            WorkflowRunTimeout = runTimeout,
            WorkflowTaskTimeout = command.WorkflowTaskTimeout.IsSet() ? StartRequests.TaskTimeout(command.WorkflowTaskTimeout, runTimeout) : old.WorkflowTaskTimeout,
            Initiator = command.Initiator == ContinueAsNewInitiator.Unspecified ? ContinueAsNewInitiator.Workflow : command.Initiator,
            ContinuedFailure = command.Failure,
            LastCompletionResult = command.LastCompletionResult,
            RetryPolicy = command.RetryPolicy is null ? null : RetryPolicies.Filled(command.RetryPolicy),
            CronSchedule = command.CronSchedule,
            Memo = command.Memo,
            SearchAttributes = SearchAttributeCheck.Typed(step.Engine.SearchAttributes, step.Run.Workflow.Namespace, command.SearchAttributes),
            Header = command.Header,
            Priority = old.Priority,
        };
    }
}
