using System.Linq.Expressions;

namespace Temporalio.Workflows;

/// <inheritdoc/>
public abstract class ChildWorkflowHandle<TWorkflow> : ChildWorkflowHandle
{
    /// <summary>A handle.</summary>
    protected ChildWorkflowHandle()
    {
    }

    /// <summary>Sends a signal and waits until it has arrived.</summary>
    public Task SignalAsync(Expression<Func<TWorkflow, Task>> signalCall, ChildWorkflowSignalOptions? options = null) =>
        SignalAsync<TWorkflow>(signalCall, options);
}
