namespace Temporalio.Exceptions;

/// <summary>A run ended by continuing as new, and the caller did not ask to follow it.</summary>
public class WorkflowContinuedAsNewException(string newRunId) : TemporalException("Workflow continued as new")
{
    public string NewRunId { get; } = newRunId;
}
