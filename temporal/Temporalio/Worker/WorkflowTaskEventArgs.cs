using Temporalio.Workflows;

namespace Temporalio.Worker;

/// <summary>About a workflow task.</summary>
public abstract class WorkflowTaskEventArgs : EventArgs
{
    private protected WorkflowTaskEventArgs(WorkflowInfo workflowInfo, WorkflowDefinition workflowDefinition)
    {
        WorkflowInfo = workflowInfo;
        WorkflowDefinition = workflowDefinition;
    }

    /// <summary>The run.</summary>
    public WorkflowInfo WorkflowInfo { get; }

    /// <summary>Its type.</summary>
    public WorkflowDefinition WorkflowDefinition { get; }
}
