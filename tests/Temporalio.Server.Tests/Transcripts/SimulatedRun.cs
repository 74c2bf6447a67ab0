using Microsoft.Extensions.Logging;
using Temporalio.Rpc;
using Temporalio.Rpc.InProcess;
using Temporalio.Server.Simulation.Scheduling;
using Temporalio.Server.Store;
using Temporalio.Server.Store.InMemory;

namespace Temporalio.Server.Tests.Transcripts;

/// <summary>Something done with a server of its own under the simulator: one thread, and a clock that stands still while there is work.</summary>
internal static class SimulatedRun
{
    /// <exception cref="InvalidOperationException">It threw, or waits for something that will never come.</exception>
    public static T Do<T>(
        ulong seed, Func<TemporalServer, IRpcInvoker, TimeProvider, Task<T>> function, IExecutionStore? store = null, ILogger<TemporalServer>? logger = null)
        where T : class
    {
        var simulator = new Simulator(seed, detailed: false);
        var process = simulator.NewProcess("server");
        var server = new TemporalServer(new TemporalServerOptions(), store ?? new InMemoryExecutionStore(), process.Time, process, process, logger);
        T? result = null;
        process.Start("the test", async () =>
        {
            await server.StartAsync(CancellationToken.None);
            var invoker = new InProcessRpcInvoker(server.Router, timeProvider: process.Time, serialise: true);
            result = await function(server, invoker, process.Time);
        });
        while (result is null && simulator.Failure is null)
        {
            if (!simulator.Step())
            {
                simulator.Fail("Nothing is left to run, and it has not ended.");
            }
        }

        process.Kill();
        return result ?? throw new InvalidOperationException(simulator.Failure);
    }
}
