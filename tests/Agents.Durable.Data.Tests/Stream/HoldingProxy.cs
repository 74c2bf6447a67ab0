using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Agents.Durable.Data.Tests.Stream;

/// <summary>A way to the database on which answers can be kept back, as on a way that has gone quiet.</summary>
internal sealed class HoldingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly UnixDomainSocketEndPoint _server;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<AnswerHold>> _holds = new(StringComparer.Ordinal);
    private readonly Task _accepting;

    public HoldingProxy(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        _server = new UnixDomainSocketEndPoint(Path.Combine(builder.Host!, ".s.PGSQL.5432"));
        _listener.Start();
        (builder.Host, builder.Port) = ("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        ConnectionString = builder.ConnectionString;
        _accepting = AcceptAsync();
    }

    public string ConnectionString { get; }

    /// <summary>Keeps back what is answered on the connection on which this is said next, once.</summary>
    public AnswerHold Hold(string text)
    {
        var hold = new AnswerHold();
        _holds.GetOrAdd(text, _ => new()).Enqueue(hold);
        return hold;
    }

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
            var held = new ConcurrentQueue<AnswerHold>();
            await server.ConnectAsync(_server, _stopping.Token);
            await Task.WhenAny(
                CopyAsync(client, server, said => NoteAsync(said, held)),
                CopyAsync(server, client, _ => KeepAsync(held)));
        }
    }

    // Before it goes to the server, so that no answer to it can pass.
    private Task NoteAsync(ReadOnlyMemory<byte> said, ConcurrentQueue<AnswerHold> held)
    {
        foreach (var (text, holds) in _holds)
        {
            if (said.Span.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0 && holds.TryDequeue(out var hold))
            {
                hold.Connection = held;
                held.Enqueue(hold);
            }
        }

        return Task.CompletedTask;
    }

    private Task KeepAsync(ConcurrentQueue<AnswerHold> held) => held.TryDequeue(out var hold) ? hold.KeepAsync(_stopping.Token) : Task.CompletedTask;

    // Ends with the connection, or ends it.
    private async Task CopyAsync(Socket from, Socket to, Func<ReadOnlyMemory<byte>, Task> before)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stopping.Token) is > 0 and var count)
            {
                await before(buffer.AsMemory(0, count));
                await to.SendAsync(buffer.AsMemory(0, count), _stopping.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other direction ended.
        }
    }
}

/// <summary>Answers of one connection that are kept back.</summary>
internal sealed class AnswerHold
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The server has answered.</summary>
    public Task Answered => _answered.Task;

    /// <summary>What is kept back on the connection, piece by piece.</summary>
    public ConcurrentQueue<AnswerHold> Connection { get; set; } = [];

    /// <summary>Nothing comes on this connection any more after what is kept back now, and it does not end.</summary>
    public void ThenSilence() => Connection.Enqueue(new AnswerHold());

    public void Release() => _released.TrySetResult();

    public Task KeepAsync(CancellationToken cancellationToken)
    {
        _answered.TrySetResult();
        return _released.Task.WaitAsync(cancellationToken);
    }
}
