namespace Temporalio.Exceptions;

/// <summary>An update was rejected or failed; the inner exception says why.</summary>
public class WorkflowUpdateFailedException(Exception? inner) : TemporalException("Workflow update failed", inner);
