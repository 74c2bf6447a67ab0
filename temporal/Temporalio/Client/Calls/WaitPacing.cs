namespace Temporalio.Client.Calls;

/// <summary>
/// Keeps a loop of calls that wait on the server from spinning. A call with a short time-out is answered at once and empty; it ends one
/// call and not the loop, which goes on until the caller cancels.
/// </summary>
/// <remarks>To be made right before the call.</remarks>
internal readonly struct WaitPacing(ITemporalClient client, RpcOptions? rpcOptions)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time = client.Connection.Options.TimeProvider;
    private readonly long _asked = client.Connection.Options.TimeProvider.GetTimestamp();

    /// <summary>After an empty answer: waits until the next call may begin. A server that waited does not make us wait too.</summary>
    /// <exception cref="OperationCanceledException">The token of the options was cancelled.</exception>
    public Task BeforeNextAsync()
    {
        var left = s_interval - _time.GetElapsedTime(_asked);
        return left <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(left, _time, rpcOptions?.CancellationToken ?? CancellationToken.None);
    }
}
