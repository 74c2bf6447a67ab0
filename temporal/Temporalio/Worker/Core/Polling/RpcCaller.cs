using Google.Protobuf;
using Temporalio.Rpc;

namespace Temporalio.Worker.Core.Polling;

/// <summary>Makes a worker's calls, with its deadlines and its retries.</summary>
internal sealed class RpcCaller(CoreHost host)
{
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan PollTimeout = TimeSpan.FromSeconds(70);

    private volatile CoreClient _client = host.Client;

    /// <summary>Takes effect with the next call.</summary>
    public void Replace(CoreClient client) => _client = client;

    /// <exception cref="RpcFault">The last try failed.</exception>
    public async Task<TResponse> CallAsync<TResponse>(RpcMethod method, IMessage request, RetryProfile retry, CancellationToken cancellationToken = default)
        where TResponse : class, IMessage
    {
        var start = retry.MaxTries > 1 ? host.TimeProvider.GetTimestamp() : 0;
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await OnceAsync<TResponse>(method, request, CallTimeout, cancellationToken);
            }
            catch (RpcFault fault) when (tries < retry.MaxTries && RetryProfile.IsRetryable(fault))
            {
                var delay = retry.Delay(tries, host.NextRandom());
                if (host.TimeProvider.GetElapsedTime(start) + delay > retry.Budget)
                {
                    throw;
                }

                await Task.Delay(delay, host.TimeProvider, cancellationToken);

                // What was given away may be in use at the other end, even though it failed.
                request = method.Descriptor.InputType.Parser.ParseFrom(request.ToByteString());
            }
        }
    }

    public async Task<TResponse> OnceAsync<TResponse>(RpcMethod method, IMessage request, TimeSpan timeout, CancellationToken cancellationToken)
        where TResponse : class, IMessage
    {
        var client = _client;
        return (TResponse)await client.Invoker.InvokeAsync(method, request, new()
        {
            Timeout = timeout,
            Metadata = client.Metadata(),
            BinaryMetadata = client.BinaryMetadata(),
            CancellationToken = cancellationToken,
        });
    }
}
