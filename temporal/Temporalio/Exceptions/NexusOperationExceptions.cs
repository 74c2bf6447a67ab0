namespace Temporalio.Exceptions;

/// <summary>A standalone Nexus operation with this id exists already and the policies forbid another.</summary>
public class NexusOperationAlreadyStartedException(string message, string operationId, string? runId) : FailureException(message)
{
    public string OperationId { get; } = operationId;

    public string? RunId { get; } = runId;
}

/// <summary>A standalone Nexus operation did not succeed; the inner exception says why.</summary>
public class NexusOperationFailedException(string operationId, string? runId, Exception? inner)
    : TemporalException("Nexus operation failed", inner)
{
    public string OperationId { get; } = operationId;

    public string? RunId { get; } = runId;
}
