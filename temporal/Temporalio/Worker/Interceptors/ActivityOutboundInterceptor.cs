namespace Temporalio.Worker.Interceptors;

/// <summary>Sees what activities send. Overrides call the base to go on.</summary>
public abstract class ActivityOutboundInterceptor
{
    private protected ActivityOutboundInterceptor()
    {
    }

    /// <param name="next">The next one in the chain.</param>
    protected ActivityOutboundInterceptor(ActivityOutboundInterceptor next) => MaybeNext = next;

    /// <summary>The next one in the chain.</summary>
    protected ActivityOutboundInterceptor Next => MaybeNext ?? throw new InvalidOperationException("No next interceptor");

    private protected ActivityOutboundInterceptor? MaybeNext { get; }

    /// <summary>Records a heartbeat.</summary>
    public virtual void Heartbeat(HeartbeatInput input) => Next.Heartbeat(input);
}
