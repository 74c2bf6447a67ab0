using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agents.Durable.Gateway.Streaming.Intake;

/// <summary>Serves the commands of <see cref="Commands.IntakeCommands"/> on a loopback port, so that agents built on Agentex's SDK stream unchanged.</summary>
internal sealed partial class IntakeListener(IntakeServices services, IOptions<IntakeOptions> options, ILogger<IntakeListener> logger) : BackgroundService
{
    private const int UsualPort = 6379;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<long, Task> _served = new();

    /// <summary>The port that is served; null while none is.</summary>
    public int? Port { get; private set; }

    public override Task StartAsync(CancellationToken cancellationToken) => options.Value.Port == -1 ? Task.CompletedTask : base.StartAsync(cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, options.Value.Port ?? UsualPort);
        try
        {
            listener.Start();
        }
        catch (SocketException exception) when (options.Value.Port is null)
        {
            PortTaken(logger, UsualPort, exception.Message);
            return;
        }

        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        try
        {
            while (true)
            {
                try
                {
                    Accept(await listener.AcceptTcpClientAsync(stoppingToken), stoppingToken);
                }
                catch (SocketException exception)
                {
                    // No file to be had for it, say: whoever ends something gives one back, and clients wait meanwhile.
                    AcceptFailed(logger, exception);
                    await Task.Delay(s_pause, services.Time, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(_served.Values);
        }
    }

    private void Accept(TcpClient client, CancellationToken stoppingToken)
    {
        var id = Interlocked.Increment(ref services.Counts.Received);
        if (Interlocked.Increment(ref services.Counts.Connected) > options.Value.MaxConnections)
        {
            Interlocked.Decrement(ref services.Counts.Connected);
            Interlocked.Increment(ref services.Counts.Rejected);
            Refuse(client);
            return;
        }

        var serving = Task.Run(() => ServeAsync(client, id, stoppingToken), CancellationToken.None);
        _served[id] = serving;
        serving.ContinueWith(_ => _served.TryRemove(id, out Task? _), TaskScheduler.Default);
    }

    private async Task ServeAsync(TcpClient client, long id, CancellationToken stoppingToken)
    {
        try
        {
            using (client)
            {
                client.NoDelay = true;
                await new IntakeConnection(services, id, logger).ServeAsync(client.GetStream(), stoppingToken);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client left, or this process stops.
        }
        catch (Exception exception)
        {
            SessionFailed(logger, exception);
        }
        finally
        {
            Interlocked.Decrement(ref services.Counts.Connected);
        }
    }

    private static void Refuse(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.Client.Send("-ERR max number of clients reached\r\n"u8);
            }
            catch (SocketException)
            {
                // It has gone already.
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Port {Port} is taken ({Reason}): agents that stream with Redis commands need another one, set by StreamIntake:Port.")]
    private static partial void PortTaken(ILogger logger, int port, string reason);

    [LoggerMessage(LogLevel.Error, "A client of the stream intake could not be accepted; the next is tried after a pause.")]
    private static partial void AcceptFailed(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "A client of the stream intake could not be served.")]
    private static partial void SessionFailed(ILogger logger, Exception exception);
}
