using System.Linq.Expressions;
using Temporalio.Api.Common.V1;
using Temporalio.Worker.Invocation;
using Temporalio.Workflows;

namespace Temporalio.Client;

/// <summary>The start half of an update with start.</summary>
public abstract class WithStartWorkflowOperation : ICloneable
{
    private int _used;

    private protected WithStartWorkflowOperation(string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options)
    {
        Workflow = workflow;
        Args = args;
        Options = options;
    }

    public string Workflow { get; set; }

    public IReadOnlyCollection<object?> Args { get; set; }

    /// <summary>An id conflict policy is required; a start signal and eager start are not possible.</summary>
    public WorkflowOptions Options { get; set; }

    public IDictionary<string, Payload>? Headers { get; set; }

    public static WithStartWorkflowOperation<WorkflowHandle<TWorkflow, TResult>> Create<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, WorkflowOptions options)
    {
        var (method, args) = CallExpression.Extract(workflowRunCall);
        return new(WorkflowDefinition.NameForCall(method), args, options, (client, id, runId, firstRunId) => new(client, id, null, runId, firstRunId));
    }

    public static WithStartWorkflowOperation<WorkflowHandle<TWorkflow>> Create<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, WorkflowOptions options)
    {
        var (method, args) = CallExpression.Extract(workflowRunCall);
        return new(WorkflowDefinition.NameForCall(method), args, options, (client, id, runId, firstRunId) => new(client, id, null, runId, firstRunId));
    }

    public static WithStartWorkflowOperation<WorkflowHandle> Create(
        string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options) =>
        new(workflow, args, options, (client, id, runId, firstRunId) => new(client, id, null, runId, firstRunId));

    public abstract object Clone();

    /// <summary>Notes the use, since an operation has one handle and so can be used once.</summary>
    internal bool TryMarkUsed() => Interlocked.Exchange(ref _used, 1) == 0;

    internal abstract void SetHandle(ITemporalClient client, string runId, string? firstExecutionRunId);

    internal abstract void SetException(Exception exception);
}

/// <inheritdoc/>
/// <typeparam name="THandle">Kind of handle of the workflow.</typeparam>
public sealed class WithStartWorkflowOperation<THandle> : WithStartWorkflowOperation
    where THandle : WorkflowHandle
{
    private readonly Func<ITemporalClient, string, string, string?, THandle> _create;
    private readonly TaskCompletionSource<THandle> _handle;

    internal WithStartWorkflowOperation(
        string workflow,
        IReadOnlyCollection<object?> args,
        WorkflowOptions options,
        Func<ITemporalClient, string, string, string?, THandle> create)
        : this(workflow, args, options, create, new(TaskCreationOptions.RunContinuationsAsynchronously))
    {
    }

    private WithStartWorkflowOperation(
        string workflow,
        IReadOnlyCollection<object?> args,
        WorkflowOptions options,
        Func<ITemporalClient, string, string, string?, THandle> create,
        TaskCompletionSource<THandle> handle)
        : base(workflow, args, options)
    {
        _create = create;
        _handle = handle;
    }

    /// <summary>A shallow copy that resolves the same handle.</summary>
    public override object Clone() =>
        new WithStartWorkflowOperation<THandle>(Workflow, Args, (WorkflowOptions)Options.Clone(), _create, _handle) { Headers = Headers };

    /// <summary>The workflow's handle, once the call that uses the operation has started it or found it running.</summary>
    public Task<THandle> GetHandleAsync() => _handle.Task;

    internal override void SetHandle(ITemporalClient client, string runId, string? firstExecutionRunId) =>
        _handle.TrySetResult(_create(client, Options.Id!, runId, firstExecutionRunId));

    internal override void SetException(Exception exception)
    {
        _handle.TrySetException(exception);
        // The same exception is thrown by the call itself; nobody has to look at it here.
        _ = _handle.Task.Exception;
    }
}
