using Temporalio.Api.Failure.V1;

namespace Temporalio.Exceptions;

/// <summary>A Nexus operation did not succeed; the inner exception says why.</summary>
public class NexusOperationFailureException : FailureException
{
    protected internal NexusOperationFailureException(Failure failure, Exception? inner)
        : base(failure, inner)
    {
        if (failure.NexusOperationExecutionFailureInfo is null)
        {
            throw new ArgumentException("No Nexus operation failure info", nameof(failure));
        }
    }

    public new Failure Failure => base.Failure!;

    public string Endpoint => Failure.NexusOperationExecutionFailureInfo.Endpoint;

    public string Service => Failure.NexusOperationExecutionFailureInfo.Service;

    public string Operation => Failure.NexusOperationExecutionFailureInfo.Operation;

    public string OperationToken => Failure.NexusOperationExecutionFailureInfo.OperationToken;
}
