using Google.Protobuf;
using Temporalio.Rpc;
using Temporalio.Rpc.InProcess;
using Temporalio.Server.Simulation.Scheduling;
using Temporalio.Server.Store.InMemory;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>
/// Plays a transcript against a server of its own under the simulator: the recording's waits and the server's time-outs are of one virtual
/// clock that stands still while there is anything to do, and the seed decides what of that comes first.
/// </summary>
internal static class SimulatedPlay
{
    /// <summary>The differences, one line each; empty when every answer is the recorded one.</summary>
    /// <param name="transcript">What to play.</param>
    /// <param name="seed">Decides what comes first.</param>
    /// <param name="forgetful">Workflows leave memory whenever they can: what they are is what the store has.</param>
    public static IReadOnlyList<string> Play(Transcript transcript, ulong seed, bool forgetful)
    {
        var simulator = new Simulator(seed, detailed: false);
        var process = simulator.NewProcess("server");
        var server = new TemporalServer(new TemporalServerOptions(), new InMemoryExecutionStore(), process.Time, process, process);
        IReadOnlyList<string>? differences = null;
        process.Start(transcript.Name, async () =>
        {
            await server.StartAsync(CancellationToken.None);
            var invoker = new InProcessRpcInvoker(server.Router, timeProvider: process.Time, serialise: true);
            differences = await Player.PlayAsync(forgetful ? new ForgetfulServer(invoker, server) : invoker, transcript, process.Time, Suffix(seed), CancellationToken.None);
        });
        while (differences is null && simulator.Failure is null)
        {
            if (!simulator.Step())
            {
                simulator.Fail("Nothing is left to run, and the transcript has not ended.");
            }
        }

        process.Kill();
        return differences ?? [simulator.Failure!];
    }

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
