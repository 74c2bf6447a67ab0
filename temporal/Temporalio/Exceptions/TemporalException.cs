namespace Temporalio.Exceptions;

/// <summary>Base of every exception of this SDK.</summary>
public abstract class TemporalException : Exception
{
    protected internal TemporalException()
    {
    }

    protected internal TemporalException(string message)
        : base(message)
    {
    }

    protected internal TemporalException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>
    /// Whether the exception reports a cancellation: .NET's own, Temporal's, or that of an activity or child workflow which was
    /// cancelled.
    /// </summary>
    public static bool IsCanceledException(Exception e) => e switch
    {
        OperationCanceledException or CanceledFailureException => true,
        ActivityFailureException or ChildWorkflowFailureException or NexusOperationFailureException =>
            e.InnerException is CanceledFailureException,
        _ => false,
    };
}
