namespace Temporalio.Exceptions;

/// <summary>A query handler failed, or there is none of that name.</summary>
public class WorkflowQueryFailedException(string message) : TemporalException(message);
