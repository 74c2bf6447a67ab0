using Temporalio.Rpc;

namespace Temporalio.Worker.Core.Polling;

/// <summary>How often and how long a call is made again. Intervals grow by <see cref="Multiplier"/> and vary by a fifth either way.</summary>
internal sealed record RetryProfile(TimeSpan Initial, double Multiplier, TimeSpan Max)
{
    /// <summary>Everything but polls: ten tries in ten seconds.</summary>
    public static readonly RetryProfile Call = new(TimeSpan.FromMilliseconds(100), 1.7, TimeSpan.FromSeconds(5))
    {
        Budget = TimeSpan.FromSeconds(10),
        MaxTries = 10,
    };

    public static readonly RetryProfile Once = Call with { MaxTries = 1 };

    /// <summary>A poll goes on for as long as the worker lives.</summary>
    public static readonly RetryProfile Poll = new(TimeSpan.FromMilliseconds(200), 2, TimeSpan.FromSeconds(10));

    /// <summary>The same for a server that is overloaded.</summary>
    public static readonly RetryProfile ThrottledPoll = new(TimeSpan.FromSeconds(1), 2, TimeSpan.FromSeconds(10));

    private const double Jitter = 0.2;

    public TimeSpan? Budget { get; init; }

    public int MaxTries { get; init; } = int.MaxValue;

    public static bool IsRetryable(RpcFault fault) => fault.Code switch
    {
        RpcStatusCode.DataLoss or RpcStatusCode.Internal or RpcStatusCode.Unknown or RpcStatusCode.Aborted
            or RpcStatusCode.OutOfRange or RpcStatusCode.Unavailable => true,
        RpcStatusCode.ResourceExhausted => !IsTooLarge(fault),
        _ => false,
    };

    /// <summary>The message was refused for its size and would be again.</summary>
    public static bool IsTooLarge(RpcFault fault) =>
        fault.Code is RpcStatusCode.ResourceExhausted && fault.Message.Contains("message larger than max", StringComparison.Ordinal);

    /// <param name="tries">How many have failed.</param>
    /// <param name="random">Uniform in [0, 1).</param>
    public TimeSpan Delay(int tries, double random)
    {
        var interval = Math.Min(Max.TotalMilliseconds, Initial.TotalMilliseconds * Math.Pow(Multiplier, Math.Min(tries - 1, 50)));
        return TimeSpan.FromMilliseconds(interval * (1 + (Jitter * ((2 * random) - 1))));
    }
}
