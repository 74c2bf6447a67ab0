using System.Linq.Expressions;
using Temporalio.Worker.Invocation;

namespace Temporalio.Workflows;

/// <summary>A child workflow that has started.</summary>
public abstract class ChildWorkflowHandle
{
    /// <summary>A handle.</summary>
    protected ChildWorkflowHandle()
    {
    }

    /// <summary>Workflow id.</summary>
    public abstract string Id { get; }

    /// <summary>Run id of the child's first run.</summary>
    public abstract string FirstExecutionRunId { get; }

    /// <summary>Waits for the end of the child.</summary>
    /// <exception cref="Exceptions.ChildWorkflowFailureException">The child did not complete.</exception>
    public Task GetResultAsync() => GetResultAsync<ValueTuple>();

    /// <summary>Waits for the result of the child.</summary>
    /// <exception cref="Exceptions.ChildWorkflowFailureException">The child did not complete.</exception>
    public abstract Task<TResult> GetResultAsync<TResult>();

    /// <summary>Sends a signal and waits until it has arrived.</summary>
    public Task SignalAsync<TWorkflow>(Expression<Func<TWorkflow, Task>> signalCall, ChildWorkflowSignalOptions? options = null)
    {
        var (method, arguments) = CallExpression.Extract(signalCall);
        return SignalAsync(WorkflowSignalDefinition.NameForCall(method), arguments, options);
    }

    /// <summary>Sends a signal and waits until it has arrived.</summary>
    public abstract Task SignalAsync(string signal, IReadOnlyCollection<object?> args, ChildWorkflowSignalOptions? options = null);
}
