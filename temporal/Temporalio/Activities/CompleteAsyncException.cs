using Temporalio.Exceptions;

namespace Temporalio.Activities;

/// <summary>Thrown by an activity that someone else will complete, through an <c>AsyncActivityHandle</c>.</summary>
public class CompleteAsyncException : TemporalException
{
    /// <summary>To be thrown by the activity.</summary>
    public CompleteAsyncException()
        : base("Activity will be completed asynchronously")
    {
    }
}
