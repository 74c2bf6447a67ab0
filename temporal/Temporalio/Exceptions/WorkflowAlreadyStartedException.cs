namespace Temporalio.Exceptions;

/// <summary>A workflow with this id exists already and the policies forbid another.</summary>
public class WorkflowAlreadyStartedException : FailureException
{
    [Obsolete("Use the constructor that takes the workflow type")]
    public WorkflowAlreadyStartedException(string message, string workflowId, string runId)
        : this(message, workflowId, "<unknown>", runId)
    {
    }

    public WorkflowAlreadyStartedException(string message, string workflowId, string workflowType, string runId)
        : base(message)
    {
        WorkflowId = workflowId;
        WorkflowType = workflowType;
        RunId = runId;
    }

    public string WorkflowId { get; }

    public string WorkflowType { get; }

    /// <summary>The existing run, if known; otherwise empty.</summary>
    public string RunId { get; }
}
