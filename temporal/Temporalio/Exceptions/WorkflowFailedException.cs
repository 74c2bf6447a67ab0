namespace Temporalio.Exceptions;

/// <summary>A workflow did not succeed; the inner exception says why.</summary>
public class WorkflowFailedException(Exception? inner) : TemporalException("Workflow failed", inner);
