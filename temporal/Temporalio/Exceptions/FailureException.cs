using Temporalio.Api.Failure.V1;

namespace Temporalio.Exceptions;

/// <summary>
/// An exception that has a failure as its counterpart on the wire. Thrown out of a workflow it fails the workflow; anything else fails
/// the workflow task.
/// </summary>
public class FailureException : TemporalException
{
    protected internal FailureException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    protected internal FailureException(Failure failure, Exception? inner)
        : base(failure.Message, inner) => Failure = failure;

    /// <summary>What this exception was made from; <see langword="null"/> when it was created here.</summary>
    public Failure? Failure { get; protected init; }

    /// <summary>The remote stack trace for an exception made from a failure.</summary>
    public override string? StackTrace =>
        string.IsNullOrEmpty(Failure?.StackTrace) ? base.StackTrace : Failure.StackTrace;
}
