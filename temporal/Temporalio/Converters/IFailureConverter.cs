using Temporalio.Api.Failure.V1;

namespace Temporalio.Converters;

/// <summary>Exceptions to failures and back. Runs inside workflows, so it must be deterministic and do no I/O.</summary>
public interface IFailureConverter
{
    Failure ToFailure(Exception exception, IPayloadConverter payloadConverter);

    Exception ToException(Failure failure, IPayloadConverter payloadConverter);
}
