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
    public static IReadOnlyList<string> Play(Transcript transcript, ulong seed)
    {
        var simulator = new Simulator(seed, detailed: false);
        var process = simulator.NewProcess("server");
        var server = new TemporalServer(new TemporalServerOptions(), new InMemoryExecutionStore(), process.Time, process, process);
        IReadOnlyList<string>? differences = null;
        process.Start(transcript.Name, async () =>
        {
            await server.StartAsync(CancellationToken.None);
            var invoker = new InProcessRpcInvoker(server.Router, timeProvider: process.Time, serialise: true);
            differences = await Player.PlayAsync(invoker, transcript, process.Time, Suffix(seed), CancellationToken.None);
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
}
