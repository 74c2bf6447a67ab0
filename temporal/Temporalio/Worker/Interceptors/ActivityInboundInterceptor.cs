namespace Temporalio.Worker.Interceptors;

/// <summary>Sees activities on their way in. Overrides call the base to go on.</summary>
public abstract class ActivityInboundInterceptor
{
    private protected ActivityInboundInterceptor()
    {
    }

    /// <param name="next">The next one in the chain.</param>
    protected ActivityInboundInterceptor(ActivityInboundInterceptor next) => MaybeNext = next;

    /// <summary>The next one in the chain.</summary>
    protected ActivityInboundInterceptor Next => MaybeNext ?? throw new InvalidOperationException("No next interceptor");

    private protected ActivityInboundInterceptor? MaybeNext { get; }

    /// <summary>Called once with the outbound side, which an override may wrap before it goes on.</summary>
    public virtual void Init(ActivityOutboundInterceptor outbound) => Next.Init(outbound);

    /// <summary>Runs the activity.</summary>
    public virtual Task<object?> ExecuteActivityAsync(ExecuteActivityInput input) => Next.ExecuteActivityAsync(input);
}
