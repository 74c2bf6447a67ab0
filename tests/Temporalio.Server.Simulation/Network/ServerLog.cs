using Microsoft.Extensions.Logging;
using Temporalio.Rpc;
using Temporalio.Server.Simulation.Scheduling;
using Temporalio.Server.Simulation.Storage;

namespace Temporalio.Server.Simulation.Network;

/// <summary>What a server logs. An error that no injected fault explains is a bug, whether or not anybody would have noticed.</summary>
internal sealed class ServerLog(Simulator simulator, SimulatedProcess process) : ILogger<TemporalServer>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error && !IsInjected(exception))
        {
            simulator.Fail($"{process.Name}: {formatter(state, exception)} {exception}");
        }
    }

    private static bool IsInjected(Exception? exception) => exception is StoreFailure or RpcFault { InnerException: StoreFailure };
}
