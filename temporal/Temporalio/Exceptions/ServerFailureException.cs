using Temporalio.Api.Failure.V1;

namespace Temporalio.Exceptions;

/// <summary>The server failed something on its own account, such as a result over the size limit.</summary>
public class ServerFailureException : FailureException
{
    protected internal ServerFailureException(Failure failure, Exception? inner)
        : base(failure, inner)
    {
        if (failure.ServerFailureInfo is null)
        {
            throw new ArgumentException("No server failure info", nameof(failure));
        }
    }

    public new Failure Failure => base.Failure!;

    public bool NonRetryable => Failure.ServerFailureInfo.NonRetryable;
}
