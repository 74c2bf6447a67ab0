using Google.Protobuf;
using Temporalio.Rpc;
using Temporalio.Server.Simulation.Network;
using Temporalio.Server.Simulation.Scheduling;

namespace Temporalio.Server.Simulation.Load;

/// <summary>Somebody who makes calls: over the wire, or inside a server's process if there is one given.</summary>
internal sealed class Caller(SimulatedNetwork network, SimulatedProcess process, SimulatedServer? inside)
{
    public SimulatedProcess Process { get; } = process;

    public bool IsInside => inside is not null;

    public Task<TResponse> CallAsync<TResponse>(IMessage request, TimeSpan? timeout = null)
        where TResponse : class, IMessage<TResponse> => inside is null
            ? network.CallAsync<TResponse>(Process, request, timeout ?? TimeSpan.FromSeconds(10))
            : network.CallInsideAsync<TResponse>(inside, request, timeout ?? TimeSpan.FromSeconds(10));

    /// <summary>Repeats the call until somebody answers it. Each repetition is the same request unless <paramref name="anew"/> changes it.</summary>
    /// <exception cref="RpcFault">A refusal: not an outcome that is unknown.</exception>
    public async Task<TResponse> InsistAsync<TResponse>(IMessage request, int attempts = int.MaxValue, Action? anew = null)
        where TResponse : class, IMessage<TResponse>
    {
        while (true)
        {
            try
            {
                return await CallAsync<TResponse>(request);
            }
            catch (RpcFault fault) when (fault.Code is RpcStatusCode.Unavailable or RpcStatusCode.DeadlineExceeded or RpcStatusCode.ResourceExhausted && --attempts > 0)
            {
                anew?.Invoke();
                await Process.Delay(Process.Random.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(200)));
            }
        }
    }
}
