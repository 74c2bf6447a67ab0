using System.Linq.Expressions;

namespace Temporalio.Workflows;

/// <inheritdoc/>
public abstract class ExternalWorkflowHandle<TWorkflow> : ExternalWorkflowHandle
{
    /// <summary>A handle.</summary>
    protected ExternalWorkflowHandle()
    {
    }

    /// <summary>Sends a signal and waits until it has arrived.</summary>
    public Task SignalAsync(Expression<Func<TWorkflow, Task>> signalCall, ExternalWorkflowSignalOptions? options = null) =>
        SignalAsync<TWorkflow>(signalCall, options);
}
