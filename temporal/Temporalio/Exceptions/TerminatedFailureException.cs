using Temporalio.Api.Failure.V1;

namespace Temporalio.Exceptions;

/// <summary>A workflow was terminated.</summary>
public class TerminatedFailureException : FailureException
{
    protected internal TerminatedFailureException(Failure failure, Exception? inner, InboundFailureDetails? details)
        : base(failure, inner) => Details = details;

    public new Failure Failure => base.Failure!;

    /// <summary>What the terminating caller gave; <see langword="null"/> if nothing.</summary>
    public IFailureDetails? Details { get; protected init; }
}
