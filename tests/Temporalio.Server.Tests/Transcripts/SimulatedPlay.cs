using Google.Protobuf;
using Temporalio.Rpc;
using Temporalio.Server.Simulation.Scheduling;
using Temporalio.Server.Store;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>
/// Plays a transcript under the simulator: the recording's waits and the server's time-outs are of one virtual clock, and the seed decides
/// what of that which is to be done at an instant comes first.
/// </summary>
internal static class SimulatedPlay
{
    /// <summary>The differences, one line each; empty when every answer is the recorded one.</summary>
    /// <param name="transcript">What to play.</param>
    /// <param name="seed">Decides what comes first.</param>
    /// <param name="forgetful">Workflows leave memory whenever they can: what they are is what the store has.</param>
    /// <param name="store">Where the server keeps what happens; its own if null.</param>
    public static IReadOnlyList<string> Play(Transcript transcript, ulong seed, bool forgetful, IExecutionStore? store = null) => SimulatedRun.Do(
        seed,
        (server, invoker, time) => Player.PlayAsync(forgetful ? new ForgetfulServer(invoker, server) : invoker, transcript, time, Suffix(seed), CancellationToken.None),
        store);

    // Ten digits: recordings make run ids of them that nobody has.
    private static string Suffix(ulong seed) => $"{SimulationRandom.Of(seed, "suffix").Bits() >> 24:x10}";

    private sealed class ForgetfulServer(IRpcInvoker invoker, TemporalServer server) : IRpcInvoker
    {
        public async Task<IMessage> InvokeAsync(RpcMethod method, IMessage request, RpcCallOptions options)
        {
            server.Engine.Actors.Sweep(DateTimeOffset.MinValue);
            try
            {
                return await invoker.InvokeAsync(method, request, options);
            }
            finally
            {
                server.Engine.Actors.Sweep(DateTimeOffset.MinValue);
            }
        }

        public ValueTask DisposeAsync() => invoker.DisposeAsync();
    }
}
