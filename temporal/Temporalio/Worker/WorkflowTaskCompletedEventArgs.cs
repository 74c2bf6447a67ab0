using Temporalio.Workflows;

namespace Temporalio.Worker;

/// <summary>A workflow task has run.</summary>
public class WorkflowTaskCompletedEventArgs : WorkflowTaskEventArgs
{
    internal WorkflowTaskCompletedEventArgs(WorkflowInfo workflowInfo, WorkflowDefinition workflowDefinition, Exception? taskFailureException)
        : base(workflowInfo, workflowDefinition) => TaskFailureException = taskFailureException;

    /// <summary>Why the task failed, if it did. A workflow that failed is a task that succeeded.</summary>
    public Exception? TaskFailureException { get; }
}
