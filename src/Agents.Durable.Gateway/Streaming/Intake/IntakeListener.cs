using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Agents.Durable.Data.Stream;
using Agents.Durable.Gateway.Auth;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agents.Durable.Gateway.Streaming.Intake;

/// <summary>Serves the commands of <see cref="IntakeSession"/> on a loopback port, so that agents built on Agentex's SDK stream unchanged.</summary>
internal sealed partial class IntakeListener(
    TaskStream stream, NpgsqlDataSource database, AgentKeys keys, IOptions<AuthOptions> auth, IOptions<IntakeOptions> options, TimeProvider time,
    ILogger<IntakeListener> logger) : BackgroundService
{
    private const int UsualPort = 6379;
    private int _connections;

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
        while (!stoppingToken.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            if (Interlocked.Increment(ref _connections) > options.Value.MaxConnections)
            {
                Interlocked.Decrement(ref _connections);
                client.Dispose();
                continue;
            }

            _ = ServeAsync(client, stoppingToken);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stoppingToken)
    {
        try
        {
            using (client)
            {
                client.NoDelay = true;
                await ServeAsync(client.GetStream(), stoppingToken);
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
            Interlocked.Decrement(ref _connections);
        }
    }

    private async Task ServeAsync(NetworkStream network, CancellationToken stoppingToken)
    {
        var input = PipeReader.Create(network);
        var output = PipeWriter.Create(network);
        var reader = new RespReader(input);
        var session = new IntakeSession(stream, database, keys, auth.Value.Mode == AuthMode.Development, time);

        var answers = System.Threading.Channels.Channel.CreateBounded<Task<RespReply>>(
            new System.Threading.Channels.BoundedChannelOptions(1024) { SingleReader = true, SingleWriter = true });
        var writing = WriteAsync(answers.Reader, output, stoppingToken);
        try
        {
            while (await reader.ReadAsync(stoppingToken) is { } command)
            {
                await answers.Writer.WriteAsync(await session.BeginAsync(command, stoppingToken), stoppingToken);
            }
        }
        catch (RespException exception)
        {
            await answers.Writer.WriteAsync(Task.FromResult(RespReply.Error($"ERR {exception.Message}")), stoppingToken);
        }
        finally
        {
            answers.Writer.Complete();
            await writing;
        }
    }

    private async Task WriteAsync(System.Threading.Channels.ChannelReader<Task<RespReply>> answers, PipeWriter output, CancellationToken stoppingToken)
    {
        await foreach (var answer in answers.ReadAllAsync(stoppingToken))
        {
            RespReply reply;
            try
            {
                reply = await answer;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                SessionFailed(logger, exception);
                reply = RespReply.Error("ERR not stored");
            }

            reply.Write(output);
            if (!answers.TryPeek(out var next) || !next.IsCompleted)
            {
                await output.FlushAsync(stoppingToken);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Port {Port} is taken ({Reason}): agents that stream with Redis commands need another one, set by StreamIntake:Port.")]
    private static partial void PortTaken(ILogger logger, int port, string reason);

    [LoggerMessage(LogLevel.Error, "A client of the stream intake could not be served.")]
    private static partial void SessionFailed(ILogger logger, Exception exception);
}
