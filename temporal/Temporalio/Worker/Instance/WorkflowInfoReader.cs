using Temporalio.Bridge.Api.WorkflowActivation;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Workflows;

namespace Temporalio.Worker.Instance;

/// <summary>Reads the public facts of a run out of its first job.</summary>
internal static class WorkflowInfoReader
{
    public static WorkflowInfo Read(InstanceEnvironment environment, InitializeWorkflow init, WorkflowActivation activation, DataConverter converter)
    {
        var startTime = activation.Timestamp?.ToDateTime() ?? default;
        return new(
            Attempt: init.Attempt,
            ContinuedRunId: init.ContinuedFromExecutionRunId.NullIfEmpty(),
            CronSchedule: init.CronSchedule.NullIfEmpty(),
            ExecutionTimeout: init.WorkflowExecutionTimeout.ToNonZero(),
            FirstExecutionRunId: init.FirstExecutionRunId,
            Headers: init.Headers,
            LastFailure: init.ContinuedFailure is { } failure ? converter.FailureConverter.ToException(failure, converter.PayloadConverter) : null,
            LastResult: init.LastCompletionResult is { } last ? [.. last.Payloads_.Select(p => new RawValue(p))] : null,
            Namespace: environment.Namespace,
            Parent: init.ParentWorkflowInfo is { } parent ? new(parent.Namespace, parent.RunId, parent.WorkflowId) : null,
            Priority: Priority.FromProto(init.Priority),
            RetryPolicy: init.RetryPolicy is { } retry ? RetryPolicy.FromProto(retry) : null,
            Root: init.RootWorkflow is { } root ? new(root.RunId, root.WorkflowId) : null,
            RunId: activation.RunId,
            RunTimeout: init.WorkflowRunTimeout.ToNonZero(),
            StartTime: startTime,
            TaskQueue: environment.TaskQueue,
            TaskTimeout: init.WorkflowTaskTimeout?.ToTimeSpan() ?? TimeSpan.FromSeconds(10),
            WorkflowId: init.WorkflowId,
            WorkflowStartTime: init.StartTime?.ToDateTime() ?? startTime,
            WorkflowType: init.WorkflowType);
    }
}
