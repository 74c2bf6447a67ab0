namespace Temporalio.Workflows;

/// <inheritdoc/>
public abstract class ChildWorkflowHandle<TWorkflow, TResult> : ChildWorkflowHandle<TWorkflow>
{
    /// <summary>A handle.</summary>
    protected ChildWorkflowHandle()
    {
    }

    /// <summary>Waits for the result of the child.</summary>
    /// <exception cref="Exceptions.ChildWorkflowFailureException">The child did not complete.</exception>
    public new Task<TResult> GetResultAsync() => GetResultAsync<TResult>();
}
