using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Gateway.Auth;

/// <summary>How often somebody may call, outside Development: owners by their requests, addresses by their refusals, so that nobody tries keys out. In each process by itself.</summary>
internal sealed class RateLimits : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private readonly PartitionedRateLimiter<string> _requests;
    private readonly PartitionedRateLimiter<IPAddress> _refusals;

    public RateLimits(IOptions<AuthOptions> options)
    {
        var limits = options.Value;
        _requests = PartitionedRateLimiter.Create<string, string>(owner => RateLimitPartition.GetTokenBucketLimiter(owner, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.Burst,
            TokensPerPeriod = limits.RequestsPerSecond,
            ReplenishmentPeriod = s_second,
            AutoReplenishment = true,
            QueueLimit = 0,
        }));
        _refusals = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetFixedWindowLimiter(address, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = limits.RefusalsPerMinute,
            Window = s_minute,
            AutoReplenishment = true,
            QueueLimit = 0,
        }));
    }

    /// <summary>Counts a request; false when the owner has made too many.</summary>
    public bool TryServe(Caller caller)
    {
        using var lease = _requests.AttemptAcquire(caller.Owner.Value);
        return lease.IsAcquired;
    }

    /// <summary>Counts a caller who was not let in; false when there were too many from this address.</summary>
    public bool TryRefuse(IPAddress? address)
    {
        using var lease = _refusals.AttemptAcquire(address ?? IPAddress.None);
        return lease.IsAcquired;
    }

    /// <summary>Whether callers of this address are heard at all.</summary>
    public bool IsHeard(IPAddress? address)
    {
        using var lease = _refusals.AttemptAcquire(address ?? IPAddress.None, permitCount: 0);
        return lease.IsAcquired;
    }

    public void Dispose()
    {
        _requests.Dispose();
        _refusals.Dispose();
    }
}
