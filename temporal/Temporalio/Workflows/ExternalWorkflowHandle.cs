using System.Linq.Expressions;
using Temporalio.Worker.Invocation;

namespace Temporalio.Workflows;

/// <summary>Another workflow, to be signalled or cancelled.</summary>
public abstract class ExternalWorkflowHandle
{
    /// <summary>A handle.</summary>
    protected ExternalWorkflowHandle()
    {
    }

    /// <summary>Workflow id.</summary>
    public abstract string Id { get; }

    /// <summary>Run id, or <see langword="null"/> for the current run.</summary>
    public abstract string? RunId { get; }

    /// <summary>Sends a signal and waits until it has arrived.</summary>
    public Task SignalAsync<TWorkflow>(Expression<Func<TWorkflow, Task>> signalCall, ExternalWorkflowSignalOptions? options = null)
    {
        var (method, arguments) = CallExpression.Extract(signalCall);
        return SignalAsync(WorkflowSignalDefinition.NameForCall(method), arguments, options);
    }

    /// <summary>Sends a signal and waits until it has arrived.</summary>
    public abstract Task SignalAsync(string signal, IReadOnlyCollection<object?> args, ExternalWorkflowSignalOptions? options = null);

    /// <summary>Requests the workflow's cancellation and waits until it has the request.</summary>
    public abstract Task CancelAsync();
}
