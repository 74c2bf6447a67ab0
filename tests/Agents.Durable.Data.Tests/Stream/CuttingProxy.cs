using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Agents.Durable.Data.Tests.Stream;

/// <summary>A way to the database that loses connections: before the database has heard a request, or after it has answered and before the answer arrives.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly UnixDomainSocketEndPoint _server;
    private readonly Task _accepting;
    private readonly Random _dice;
    private readonly double _share;
    private int _cuts;

    /// <param name="share">Of the packets, how many cost their connection.</param>
    public CuttingProxy(string connectionString, double share, int seed)
    {
        (_share, _dice) = (share, new Random(seed));
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        _server = new UnixDomainSocketEndPoint(Path.Combine(builder.Host!, ".s.PGSQL.5432"));
        _listener.Start();
        (builder.Host, builder.Port) = ("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        ConnectionString = builder.ConnectionString;
        _accepting = AcceptAsync();
    }

    public string ConnectionString { get; }

    public int Cuts => _cuts;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _ = RelayAsync(await _listener.AcceptSocketAsync(_stopping.Token));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            await server.ConnectAsync(_server, _stopping.Token);
            await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
        }
    }

    // Ends with the connection, or ends it.
    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stopping.Token) is > 0 and var count)
            {
                if (IsCut())
                {
                    Interlocked.Increment(ref _cuts);
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, count), _stopping.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other direction ended.
        }
    }

    private bool IsCut()
    {
        lock (_dice)
        {
            return _dice.NextDouble() < _share;
        }
    }
}
