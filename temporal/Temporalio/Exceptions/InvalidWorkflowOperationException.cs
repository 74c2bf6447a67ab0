namespace Temporalio.Exceptions;

/// <summary>Workflow code did something that workflow code must not do.</summary>
public class InvalidWorkflowOperationException : TemporalException
{
    internal InvalidWorkflowOperationException(string message)
        : base(message)
    {
    }
}

/// <summary>Workflow code used a task scheduler other than the workflow's.</summary>
public class InvalidWorkflowSchedulerException : InvalidWorkflowOperationException
{
    private readonly string? _stackTrace;

    internal InvalidWorkflowSchedulerException(string message, string? stackTrace = null)
        : base(message) => _stackTrace = stackTrace;

    /// <summary>Where the offending task was scheduled, rather than where this was thrown.</summary>
    public override string? StackTrace => _stackTrace ?? base.StackTrace;
}

/// <summary>Workflow code and the recorded history disagree.</summary>
public class WorkflowNondeterminismException : InvalidWorkflowOperationException
{
    internal WorkflowNondeterminismException(string message)
        : base(message)
    {
    }
}
