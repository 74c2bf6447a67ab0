namespace Temporalio.Worker.Interceptors;

/// <summary>Sees what comes to one workflow run. Overrides call the base to go on, and obey the rules of workflow code.</summary>
public abstract class WorkflowInboundInterceptor
{
    private protected WorkflowInboundInterceptor()
    {
    }

    /// <param name="next">The next one in the chain.</param>
    protected WorkflowInboundInterceptor(WorkflowInboundInterceptor next) => MaybeNext = next;

    /// <summary>The next one in the chain.</summary>
    protected WorkflowInboundInterceptor Next => MaybeNext ?? throw new InvalidOperationException("No next interceptor");

    private protected WorkflowInboundInterceptor? MaybeNext { get; }

    /// <summary>Called once with the outbound side, which an override may wrap before it goes on.</summary>
    public virtual void Init(WorkflowOutboundInterceptor outbound) => Next.Init(outbound);

    /// <summary>Runs the run method.</summary>
    public virtual Task<object?> ExecuteWorkflowAsync(ExecuteWorkflowInput input) => Next.ExecuteWorkflowAsync(input);

    /// <summary>Runs a signal handler.</summary>
    public virtual Task HandleSignalAsync(HandleSignalInput input) => Next.HandleSignalAsync(input);

    /// <summary>Runs a query handler.</summary>
    public virtual object? HandleQuery(HandleQueryInput input) => Next.HandleQuery(input);

    /// <summary>Runs an update's validator; it refuses the update by throwing.</summary>
    public virtual void ValidateUpdate(HandleUpdateInput input) => Next.ValidateUpdate(input);

    /// <summary>Runs an update handler.</summary>
    public virtual Task<object?> HandleUpdateAsync(HandleUpdateInput input) => Next.HandleUpdateAsync(input);
}
