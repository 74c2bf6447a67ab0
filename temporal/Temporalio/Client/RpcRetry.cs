using Temporalio.Rpc;

namespace Temporalio.Client;

/// <summary>Decides whether and when a failed call is made again.</summary>
internal sealed class RpcRetry(RpcRetryOptions options, TimeProvider time, Random random)
{
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _interval = options.InitialInterval;
    private int _retries;

    /// <returns>How long to wait before the next attempt, or <see langword="null"/> to give up.</returns>
    internal TimeSpan? Next(RpcFault fault)
    {
        if (!IsRetryable(fault) || _retries >= options.MaxRetries)
        {
            return null;
        }
        var jitter = 1 + (options.RandomizationFactor * ((2 * random.NextDouble()) - 1));
        var wait = _interval * jitter;
        if (options.MaxElapsedTime is { } limit && time.GetElapsedTime(_start) + wait > limit)
        {
            return null;
        }
        _retries++;
        var next = _interval * options.Multiplier;
        _interval = next > options.MaxInterval ? options.MaxInterval : next;
        return wait;
    }

    // Too large a message stays too large, although its code is that of a full queue.
    internal static bool IsRetryable(RpcFault fault) => fault.Code switch
    {
        RpcStatusCode.ResourceExhausted =>
            !fault.Message.Contains("message larger than max", StringComparison.Ordinal),
        RpcStatusCode.DataLoss or RpcStatusCode.Internal or RpcStatusCode.Unknown or RpcStatusCode.Aborted
            or RpcStatusCode.OutOfRange or RpcStatusCode.Unavailable => true,
        _ => false,
    };
}
