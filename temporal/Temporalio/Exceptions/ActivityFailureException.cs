using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Exceptions;

/// <summary>An activity failed for good; the inner exception says why.</summary>
public class ActivityFailureException : FailureException
{
    protected internal ActivityFailureException(Failure failure, Exception? inner)
        : base(failure, inner)
    {
        if (failure.ActivityFailureInfo is null)
        {
            throw new ArgumentException("No activity failure info", nameof(failure));
        }
    }

    public new Failure Failure => base.Failure!;

    /// <summary>The worker's identity, if one had started the activity.</summary>
    public string? Identity => Failure.ActivityFailureInfo.Identity is { Length: > 0 } identity ? identity : null;

    public string ActivityType => Failure.ActivityFailureInfo.ActivityType?.Name ?? "";

    public string ActivityId => Failure.ActivityFailureInfo.ActivityId;

    public RetryState RetryState => Failure.ActivityFailureInfo.RetryState;
}
