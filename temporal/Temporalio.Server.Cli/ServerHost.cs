using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Npgsql;
using Temporalio.Rpc.Server;
using Temporalio.Server.Store;
using Temporalio.Server.Store.InMemory;
using Temporalio.Server.Store.Postgres;

namespace Temporalio.Server.Cli;

/// <summary>Runs one server until a signal ends it: calls in hand finish, everything is written, then the port closes.</summary>
internal static class ServerHost
{
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(10);

    /// <returns>The program's exit code.</returns>
    public static async Task<int> RunAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var loggers = Logging.Create(settings.LogLevel, settings.JsonLog);
        try
        {
            await ServeAsync(settings, loggers, stopping.Token);
            return 0;
        }
        catch (Exception e) when (e is StoreUnavailableException or NpgsqlException or IOException)
        {
            await Console.Error.WriteLineAsync($"The server cannot start: {e.Message}");
            return 1;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static async Task ServeAsync(ServerSettings settings, ILoggerFactory loggers, CancellationToken stopping)
    {
        await using var store = await OpenStoreAsync(settings, stopping);
        var options = settings.DynamicConfig.Apply(new TemporalServerOptions { Namespaces = settings.Namespaces });
        await using var server = new TemporalServer(options, store, logger: loggers.CreateLogger<TemporalServer>());
        await server.StartAsync(stopping);
        await using var rpc = await RpcServer.StartAsync(
            server.Router, new RpcServerOptions { Address = settings.Address, Port = settings.Port, ServeInProcess = false }, loggers, stopping);
        await Console.Error.WriteLineAsync($"Serving on {rpc.Target}, {(settings.DatabaseUrl is null ? "in memory" : "in PostgreSQL")}.");

        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stopping.Register(end.SetResult))
        {
            await end.Task;
        }

        await Console.Error.WriteLineAsync("Stopping.");
        using var limit = new CancellationTokenSource(s_stopLimit);
        await server.StopAsync(limit.Token);
    }

    private static async Task<IExecutionStore> OpenStoreAsync(ServerSettings settings, CancellationToken stopping) => settings.DatabaseUrl is { } url
        ? await PostgresExecutionStore.OpenAsync(new PostgresStoreOptions { ConnectionString = url, Schema = settings.DatabaseSchema }, cancellationToken: stopping)
        : new InMemoryExecutionStore();
}
